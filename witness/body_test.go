package witness

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"hexspot/radio"
)

// body is what all bodies have in common.
type body interface{ Append([]byte) []byte }

func parseBody(kind radio.Kind, b []byte) (body, error) {
	switch kind {
	case radio.KindBeacon:
		return ParseBeacon(b)
	case radio.KindDiscovery:
		return ParseDiscovery(b)
	case radio.KindWitness:
		return ParseBatch(b)
	case radio.KindAnchor:
		return ParseAnchor(b)
	case radio.KindReceipt:
		return ParseReceipt(b)
	case radio.KindHighWater:
		return ParseHighWater(b)
	case radio.KindSite:
		return ParseSite(b)
	case radio.KindPositions:
		return ParsePositions(b)
	case radio.KindAppeal:
		return ParseAppeal(b)
	case radio.KindAudit:
		return ParseAudit(b)
	}
	return nil, fmt.Errorf("no body of kind %s", kind)
}

// kinds are those with a body of this package.
var kinds = []radio.Kind{
	radio.KindBeacon, radio.KindDiscovery, radio.KindWitness, radio.KindAnchor, radio.KindReceipt, radio.KindHighWater,
	radio.KindSite, radio.KindPositions, radio.KindAppeal, radio.KindAudit,
}

// fieldsOf gives a body's fields as the vectors write them; zero is left out.
func fieldsOf(b body) map[string]any {
	f := fields{}
	switch b := b.(type) {
	case Beacon:
		f.add("slot", b.Slot, "sig", b.Signature[:], "frequency_hz", int64(b.Frequency), "sf", b.SF,
			"conducted", int32(b.Conducted), "counter_us", b.Counter, "sent_ms", b.Sent)
	case Discovery:
		f.add("slot", b.Slot, "random", b.Random[:], "frequency_hz", int64(b.Frequency), "sf", b.SF,
			"conducted", int32(b.Conducted), "counter_us", b.Counter, "sent_ms", b.Sent)
	case Batch:
		var list []any
		for _, o := range b.Observations {
			list = append(list, fieldsOfObservation(o))
		}
		f.add("epoch", b.Epoch)
		f["observations"] = list
	case Anchor:
		f.add("from", b.From, "to", b.To, "revision", b.Revision, "slot_ms", b.Timing.Slot, "window_slots", b.Timing.WindowSlots,
			"guard_slots", b.Timing.GuardSlots, "epoch_slots", b.Timing.EpochSlots, "lead_ms", b.Timing.Lead,
			"spread_ms", b.Timing.Spread, "report_ms", b.Timing.Report, "hold_ms", b.Timing.Hold,
			"parameters", b.Parameters[:], "x0", b.X0[:])
	case Receipt:
		f.add("record", b.Record[:], "receive_ms", b.Received, "epoch", b.Epoch, "index", b.Index)
	case HighWater:
		f.add("epoch", b.Epoch, "size", b.Size, "root", b.Root[:], "receive_ms", b.Received)
	}
	return f
}

func fieldsOfObservation(o Observation) map[string]any {
	f := fields{}
	f.add("frame", uint32(o.Frame.Type), "tag", o.Frame.Tag[:], "mark", o.Frame.Mark[:], "frequency_hz", int64(o.Frequency),
		"sf", o.SF, "channel_rssi", int32(o.ChannelRSSI), "snr", int32(o.SNR), "offset_hz", int64(o.Offset),
		"counter_us", o.Counter, "heard_ms", o.Heard, "copies", o.Copies)
	if o.HasSignalRSSI {
		f["signal_rssi"] = fmt.Sprint(int32(o.SignalRSSI))
	}
	if o.HasFine {
		f["fine_ns"] = fmt.Sprint(uint64(o.Fine))
	}
	return f
}

type fields map[string]any

func (f fields) add(pairs ...any) {
	for i := 0; i < len(pairs); i += 2 {
		text := fmt.Sprint(pairs[i+1])
		if b, ok := pairs[i+1].([]byte); ok {
			text = hex.EncodeToString(b)
		}
		f[pairs[i].(string)] = text
	}
}

// withoutZeros drops what is left out on the wire, or is null.
func withoutZeros(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		optional := k == "signal_rssi" || k == "fine_ns"
		switch v := v.(type) {
		case nil:
		case []any:
			var list []any
			for _, one := range v {
				list = append(list, withoutZeros(one.(map[string]any)))
			}
			out[k] = list
		case map[string]any:
			out[k] = withoutZeros(v)
		default:
			if v != "0" || optional {
				out[k] = v
			}
		}
	}
	return out
}

func TestBodyVectors(t *testing.T) {
	v := loadVectors(t).Bodies
	for _, c := range v.Valid {
		b := unhex(t, c.Body)
		parsed, err := parseBody(radio.Kind(c.Kind), b)
		if err != nil {
			t.Errorf("%s: %v", c.Kind, err)
			continue
		}
		if diff := cmp.Diff(withoutZeros(c.Fields), withoutZeros(fieldsOf(parsed))); diff != "" {
			t.Errorf("%s: %s", c.Kind, diff)
		}
		if !bytes.Equal(parsed.Append(nil), b) {
			t.Errorf("%s: %x gives back %x", c.Kind, b, parsed.Append(nil))
		}
		if r, ok := parsed.(interface{ CheckRange() error }); ok && r.CheckRange() != nil {
			t.Errorf("%s: %v", c.Kind, r.CheckRange())
		}
	}
	for _, c := range v.Bad {
		if parsed, err := parseBody(radio.Kind(c.Kind), unhex(t, c.Body)); err == nil {
			t.Errorf("%s with a fault (%s %s) was read as %+v", c.Kind, c.Why, c.Note, parsed)
		}
	}
	if len(v.Valid) < len(kinds)-4 || // a site's are in site.json, those of appeals are held against generated code
		len(v.Bad) == 0 {
		t.Error("no vectors")
	}
}

// TestBodiesOfSignedVectors reads the bodies of the records in the group `signed`.
func TestBodiesOfSignedVectors(t *testing.T) {
	v := loadVectors(t).Signed.Valid
	for _, c := range v {
		b := unhex(t, c.Body)
		parsed, err := parseBody(radio.Kind(c.Kind), b)
		if err != nil {
			t.Errorf("%s %x: %v", c.Kind, b, err)
			continue
		}
		if !bytes.Equal(parsed.Append(nil), b) {
			t.Errorf("%s: %x gives back %x", c.Kind, b, parsed.Append(nil))
		}
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sound is one valid body of each kind, as the vectors have it.
func sound(t testing.TB) map[radio.Kind][]byte {
	t.Helper()
	bodies := map[radio.Kind][]byte{}
	for _, c := range loadVectors(t).Bodies.Valid {
		bodies[radio.Kind(c.Kind)] = unhex(t, c.Body)
	}
	bodies[radio.KindSite] = unhex(t, loadSites(t)[1].Body)
	bodies[radio.KindPositions] = samplePositions().Append(nil)
	bodies[radio.KindAppeal] = sampleAppeal(t).Append(nil)
	bodies[radio.KindAudit] = Audit{Station: sampleStation(t, 3), From: 5, To: 9}.Append(nil)
	return bodies
}

func TestBodiesRefuse(t *testing.T) {
	for kind, b := range sound(t) {
		for n := range b {
			if cut, err := parseBody(kind, b[:n]); err == nil && !bytes.Equal(cut.Append(nil), b[:n]) {
				t.Errorf("%s cut to %d bytes was read as %+v", kind, n, cut)
			}
		}
		if _, err := parseBody(kind, append(bytes.Clone(b), 0)); err == nil {
			t.Errorf("%s with a byte behind was read", kind)
		}
		if _, err := parseBody(kind, append(bytes.Clone(b), b...)); err == nil {
			t.Errorf("%s twice was read", kind)
		}
	}
}

func TestErrorsNameTheField(t *testing.T) {
	const sig = "1240" // field 2, 64 bytes
	zeros := strings.Repeat("00", 64)
	owner := "0a14" + strings.Repeat("11", 20)
	cases := []struct {
		kind radio.Kind
		body string
		want string
	}{
		{radio.KindBeacon, "0800", "slot: zero"},
		{radio.KindBeacon, "088000", "slot: no shortest varint"},
		{radio.KindBeacon, "0880808080808080808002", "slot: no shortest varint"},
		{radio.KindBeacon, "0805", "sig: the field is missing"},
		{radio.KindBeacon, "080512" + "03010203", "sig: 3 bytes, want 64"},
		{radio.KindBeacon, "0805" + sig + "01", "sig: 64 bytes announced, 1 there"},
		{radio.KindBeacon, "0805" + sig + zeros + "188080808010", "frequency_hz: 4294967296 is more"},
		{radio.KindBeacon, "0805" + sig + zeros + "0805", "slot: twice"},
		{radio.KindBeacon, "0805" + sig + zeros + "1a00", "frequency_hz: twice, out of order or of another type"},
		{radio.KindBeacon, "0805" + sig + zeros + "4801", "2 bytes behind"},
		{radio.KindBeacon, "0805" + sig + zeros + "2800", "conducted: zero"},
		{radio.KindWitness, "0805", "observations: none"},
		{radio.KindWitness, "08051200", "observation 0: tag: the field is missing"},
		{radio.KindAnchor, "0805", "parameters: the field is missing"},
		{radio.KindReceipt, "", "record: the field is missing"},
		{radio.KindHighWater, "0801", "root: the field is missing"},
		{radio.KindSite, "0801", "owner: the field is missing"},
		{radio.KindSite, owner + "1000", "cell: zero"},
		{radio.KindSite, owner + "1801200228013200", "plan: the field is missing"},
		{radio.KindSite, owner + "1001", "plan: the field is missing"},
		{radio.KindSite, owner + "3211" + strings.Repeat("41", 17), "plan: 17 bytes, at most 16"},
		{radio.KindSite, owner + "32054555383638" + "3800", "nonce: zero"},
		{radio.KindSite, owner + "32056555383638", "plan: other characters"},
		{radio.KindSite, owner + "3202c3a9", "plan: other characters"},
		{radio.KindSite, owner + "288080808010", "class: 4294967296 is more"},
		{radio.KindSite, owner + "32054555383638" + "4801", "2 bytes behind"},
	}
	for _, c := range cases {
		_, err := parseBody(c.kind, unhex(t, c.body))
		if err == nil || !strings.HasPrefix(err.Error(), string(c.kind)+": "+c.want) {
			t.Errorf("%s %s: %v, want %q", c.kind, c.body, err, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	b, err := ParseBeacon(sound(t)[radio.KindBeacon])
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		field string
		spoil func(*Beacon)
	}{
		{"slot", func(b *Beacon) { b.Slot = 1 << 40 }},
		{"frequency_hz", func(b *Beacon) { b.Frequency = 99_999_999 }},
		{"frequency_hz", func(b *Beacon) { b.Frequency = 1_000_000_001 }},
		{"conducted", func(b *Beacon) { b.Conducted = 32_768 }},
		{"conducted", func(b *Beacon) { b.Conducted = -32_768 }},
		{"sent_ms", func(b *Beacon) { b.Sent = 1 << 53 }},
		{"sent_ms", func(b *Beacon) { b.Sent = -1 }},
	}
	for _, c := range cases {
		spoilt := b
		c.spoil(&spoilt)
		if err := spoilt.CheckRange(); err == nil || !strings.HasPrefix(err.Error(), "beacon: "+c.field+" out of range") {
			t.Errorf("%+v: %v, want a fault of %s", spoilt, err, c.field)
		}
		if read, err := ParseBeacon(spoilt.Append(nil)); err != nil || read != spoilt {
			t.Errorf("out of range is no fault of the encoding: %v", err)
		}
	}
	edge := Beacon{Slot: 1<<40 - 1, OnAir: OnAir{Frequency: 1_000_000_000, Conducted: -32_767, Sent: 1<<53 - 1}}
	if err := edge.CheckRange(); err != nil {
		t.Error(err)
	}
}

func TestRangesOfObservations(t *testing.T) {
	w, err := ParseBatch(sound(t)[radio.KindWitness])
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		field string
		spoil func(*Observation)
	}{
		{"frame", func(o *Observation) { o.Frame.Type = 0 }},
		{"frame", func(o *Observation) { o.Frame.Type = 3 }},
		{"frequency_hz", func(o *Observation) { o.Frequency = 0 }},
		{"channel_rssi", func(o *Observation) { o.ChannelRSSI = -32_768 }},
		{"signal_rssi", func(o *Observation) { o.SignalRSSI = 32_768 }},
		{"snr", func(o *Observation) { o.SNR = 1 << 20 }},
		{"heard_ms", func(o *Observation) { o.Heard = 1 << 53 }},
		{"copies", func(o *Observation) { o.Copies = 0 }},
	}
	for _, c := range cases {
		spoilt := Batch{w.Epoch, append([]Observation(nil), w.Observations...)}
		c.spoil(&spoilt.Observations[1])
		if err := spoilt.CheckRange(); err == nil || !strings.HasPrefix(err.Error(), "witness: observation 1: "+c.field) {
			t.Errorf("%v, want a fault of %s", err, c.field)
		}
	}
	w.Epoch = 1 << 40
	if w.CheckRange() == nil {
		t.Error("an epoch of 2^40 is in range")
	}
}

func TestBatchEpoch(t *testing.T) {
	timing := scheduleNamed(t, "demo").Timing
	for heard, ok := range map[Millis]bool{54_999: false, 55_000: true, 124_999: true, 125_000: false} {
		w := Batch{Epoch: 1, Observations: []Observation{{Heard: 60_000}, {Heard: heard}}}
		if err := w.CheckEpoch(timing); (err == nil) != ok {
			t.Errorf("heard at %d: %v", heard, err)
		}
	}
}

// largest is an observation that takes most bytes.
func largest() Observation {
	return Observation{
		Frame: Frame{Type: FrameBeacon}, Frequency: maxFrequency, SF: 12, ChannelRSSI: -maxLevel, SignalRSSI: -maxLevel,
		HasSignalRSSI: true, SNR: -maxLevel, Offset: -1 << 31, Counter: 1<<32 - 1, Heard: maxTime - 1, Copies: 1<<32 - 1,
		Fine: 1<<64 - 1, HasFine: true,
	}
}

func TestLargestBatchFitsARecord(t *testing.T) {
	w := Batch{Epoch: maxEpoch - 1}
	for range MaxObservations {
		w.Observations = append(w.Observations, largest())
	}
	if err := w.CheckRange(); err != nil {
		t.Fatal(err)
	}
	signer := signerOf(t, "ed25519", testNetwork{t, 1}.seed())
	if _, err := radio.Sign(signer, radio.Network{}, radio.KindWitness, w.Append(nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseBatch(w.Append(nil)); err != nil {
		t.Fatal(err)
	}
	w.Observations = append(w.Observations, largest())
	if _, err := ParseBatch(w.Append(nil)); err == nil || !strings.Contains(err.Error(), "more than 32") {
		t.Error(err)
	}
}

func TestAnchorRefuses(t *testing.T) {
	n := testNetwork{t, 1}
	ingests := []radio.Station{testNetwork{t, 2}.station(), testNetwork{t, 3}.station()}
	if bytes.Compare(ingests[0].Bytes(), ingests[1].Bytes()) > 0 {
		ingests[0], ingests[1] = ingests[1], ingests[0]
	}
	cases := []struct {
		want  string
		spoil func(*Anchor)
	}{
		{"", func(a *Anchor) {}},
		{"", func(a *Anchor) { a.Ingests = ingests }},
		{"from", func(a *Anchor) { a.From = a.To }},
		{"to", func(a *Anchor) { a.To = a.From + MaxChain + 1 }},
		{"to", func(a *Anchor) { a.From, a.To = 1<<40, 1<<40+1 }},
		{"to", func(a *Anchor) { a.From, a.To, a.Timing.Slot = 1<<40-2, 1<<40-1, 1<<21 }},
		{"slot_ms", func(a *Anchor) { a.Timing.Slot = 0 }},
		{"epoch_slots", func(a *Anchor) { a.Timing.EpochSlots = 7 }},
		{"ingests", func(a *Anchor) { a.Ingests = []radio.Station{ingests[1], ingests[0]} }},
		{"ingests", func(a *Anchor) { a.Ingests = []radio.Station{ingests[0], ingests[0]} }},
	}
	for i, c := range cases {
		a, _ := n.chain(30, 60, 1, 1)
		c.spoil(&a)
		read, err := ParseAnchor(a.Append(nil))
		switch {
		case c.want == "" && (err != nil || !cmp.Equal(read, a, cmp.AllowUnexported(radio.Station{}))):
			t.Errorf("%d: %+v, %v", i, read, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "anchor: "+c.want)):
			t.Errorf("%d: %v, want a fault of %s", i, err, c.want)
		}
	}
	a, _ := n.chain(30, 60, 1, 1)
	if _, err := ParseAnchor(appendBytes(a.Append(nil), 14, make([]byte, 33))); err == nil {
		t.Error("an ingest without a sound key was read")
	}
}

func TestRetained(t *testing.T) {
	n := testNetwork{t, 1}
	a, _ := n.chain(30, 60, 0, 1)
	b, _ := n.chain(60, 90, 0, 1)
	signed := []radio.Signed{n.sign(a), n.sign(b)}
	anchors, err := ParseAnchors(AppendAnchors(nil, signed))
	if err != nil || !cmp.Equal(anchors, signed, cmp.AllowUnexported(radio.Station{})) {
		t.Errorf("%+v, %v", anchors, err)
	}
	values := []Value{{40, 0, Entropy{1}}, {0, 7, Entropy{}}}
	read, err := ParseValues(AppendValues(nil, values))
	if err != nil || !cmp.Equal(read, values) {
		t.Errorf("%+v, %v", read, err)
	}
	for what, b := range map[string][]byte{
		"too many":       AppendValues(nil, make([]Value, MaxRetained+1)),
		"out of range":   AppendValues(nil, []Value{{Slot: 1 << 40}}),
		"another field":  {0x12, 0},
		"a cut value":    {0x0a, 2, 8, 1},
		"a byte behind":  append(AppendValues(nil, values), 0),
		"a short varint": {0x0a, 0x80},
	} {
		if got, err := ParseValues(b); err == nil {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if _, err := ParseAnchors([]byte{0x0a, 0}); err == nil {
		t.Error("an empty record was read")
	}
	if none, err := ParseValues(nil); err != nil || none != nil {
		t.Error("no values are a message too")
	}
}

func FuzzParseBody(f *testing.F) {
	v := loadVectors(f).Bodies
	for _, c := range append(v.Valid, v.Bad...) {
		for i := range kinds {
			f.Add(uint8(i), unhex(f, c.Body))
		}
	}
	for _, c := range loadSites(f) {
		f.Add(uint8(slices.Index(kinds, radio.KindSite)), unhex(f, c.Body))
	}
	for i, kind := range kinds {
		f.Add(uint8(i), sound(f)[kind])
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		parsed, err := parseBody(kinds[int(kind)%len(kinds)], b)
		if err == nil && !bytes.Equal(parsed.Append(nil), b) {
			t.Errorf("%x gives back %x", b, parsed.Append(nil))
		}
	})
}

func FuzzParseRetained(f *testing.F) {
	n := testNetwork{f, 1}
	a, _ := n.chain(30, 60, 0, 1)
	f.Add(AppendAnchors(nil, []radio.Signed{n.sign(a), n.sign(a)}))
	f.Add(AppendValues(nil, []Value{{40, 0, Entropy{1}}, {41, 1, Entropy{2}}}))
	f.Add(AppendObservations(nil, []Observation{{Frame: Frame{Type: FrameBeacon}, SF: 10, Copies: 1}, {HasFine: true, HasSignalRSSI: true}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if values, err := ParseValues(b); err == nil && !bytes.Equal(AppendValues(nil, values), b) {
			t.Errorf("%x gives back other values", b)
		}
		if list, err := ParseObservations(b); err == nil && (len(list) > MaxPending || !bytes.Equal(AppendObservations(nil, list), b)) {
			t.Errorf("%x gives back other observations", b)
		}
		if anchors, err := ParseAnchors(b); err == nil && !bytes.Equal(AppendAnchors(nil, anchors), b) {
			t.Errorf("%x gives back other anchors", b)
		}
	})
}

func FuzzParseFrame(f *testing.F) {
	f.Add(Frame{Type: FrameBeacon, Tag: Tag{1}}.Append(nil))
	f.Add(Frame{Type: FrameDiscovery, Mark: Mark{1}}.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if frame, err := ParseFrame(b); err == nil && !bytes.Equal(frame.Append(nil), b) {
			t.Errorf("%x gives back %x", b, frame.Append(nil))
		}
	})
}
