package witness

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hexspot/radio"
	"pgregory.net/rapid"
)

// hearing runs a Collector with the demo's timing and the chain of slots 30 to 89.
type hearing struct {
	transcript
	t       testing.TB
	network testNetwork
	chain   *Chain
	chains  *Chains
	c       *Collector
	batches []Batch
}

func newHearing(t testing.TB) *hearing { return newHolding(t, 0) }

// newHolding is newHearing with observations held for a time.
func newHolding(t testing.TB, hold Millis) *hearing {
	n := testNetwork{t, 1}
	h := &hearing{t: t, network: n, chains: NewChains(n.id())}
	h.c = NewCollector(n.id(), h.chains)
	var a Anchor
	a, h.chain = n.chain(30, 90, 0, 1)
	a.Timing.Hold = hold
	if err := h.chains.AddAnchor(n.sign(a)); err != nil {
		t.Fatal(err)
	}
	return h
}

// reveal lets the values up to a slot come.
func (h *hearing) reveal(k Slot) {
	x, _ := h.chain.Value(k)
	if err := h.chains.AddValue(Value{k, 0, x}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hearing) step(now Millis, e CollectorEvent) {
	for _, a := range h.c.Step(now, e) {
		h.batch(now, a.Batch)
	}
}

func (h *hearing) batch(now Millis, w Batch) {
	h.batches = append(h.batches, w)
	h.note("%d: send %d observations of epoch %d", now, len(w.Observations), w.Epoch)
	for _, o := range w.Observations {
		h.note("    %s heard at %d, %v, copies %d", o.Frame.Tag, o.Heard, o.strength(), o.Copies)
	}
	if err := w.CheckRange(); err != nil {
		h.t.Error(err)
	}
	if err := w.CheckEpoch(schedules["demo"].Timing); err != nil {
		h.t.Error(err)
	}
	if _, err := ParseBatch(w.Append(nil)); err != nil {
		h.t.Error(err)
	}
}

// beacon is a frame of a slot with that tag.
func (h *hearing) beacon(k Slot, tag byte) Frame {
	x, ok := h.chain.Value(k)
	if !ok {
		h.t.Fatalf("slot %d is not covered", k)
	}
	return Frame{FrameBeacon, MarkOf(h.network.id(), x), Tag{tag}}
}

func heardAt(f Frame, at Millis, rssi radio.DBm) Heard {
	return Heard{Uplink: radio.Uplink{
		PHYPayload: f.Append(nil), CRC: radio.CRCOK, Frequency: 868_100_000, Modulation: Modulation(10), RSSI: rssi,
		Timestamp: radio.Timestamp{Session: 7, Micros: uint64(at) * 1000}, ReceivedAt: at.Time(),
	}}
}

// undated is the same before the clock is known.
func undated(h Heard) Heard {
	h.Uplink.ReceivedAt = time.Time{}
	return h
}

func TestFramesHeardVectors(t *testing.T) {
	v := loadVectors(t).FramesHeard
	for _, c := range v.Cases {
		chain, err := NewChain(radio.Network(v.Network), Slot(v.From.uint()), Slot(v.To.uint()), Entropy(v.XN))
		if err != nil {
			t.Fatal(err)
		}
		drop, slot := heardOf(t, radio.Network(v.Network), scheduleNamed(t, v.Timing).Timing, chain, c.Frame, c.CRC, Millis(c.Heard.int()))
		if want := c.Why; drop.String() != want {
			t.Errorf("%s: dropped for %q, want %q", c.Note, drop, want)
		}
		if c.Taken && slot != Slot(c.Slot.uint()) {
			t.Errorf("%s: slot %d, want %s", c.Note, slot, c.Slot.text)
		}
	}
	if len(v.Cases) == 0 {
		t.Error("no vectors")
	}
}

// heardOf says what a collector that knows every value makes of one frame.
func heardOf(t *testing.T, network radio.Network, timing Timing, chain *Chain, phy []byte, good bool, at Millis) (Drop, Slot) {
	t.Helper()
	chains := NewChains(network)
	anchor := Anchor{From: chain.from, To: chain.to, Timing: timing, X0: chain.X0()}
	chains.known = []*known{{anchor: anchor, trail: NewTrail(network, anchor)}} // the vectors have no network key
	last, _ := chain.Value(chain.to - 1)
	if err := chains.AddValue(Value{Slot: chain.to - 1, Entropy: last}); err != nil {
		t.Fatal(err)
	}
	c := NewCollector(network, chains)
	e := heardAt(Frame{}, at, -10_000)
	e.Uplink.PHYPayload = phy
	if !good {
		e.Uplink.CRC = radio.CRCBad
	}
	c.Step(at, e)
	for drop, n := range c.Status().Dropped {
		if n == 1 {
			return drop, 0
		}
	}
	for slot := range c.tags {
		return 0, slot
	}
	t.Fatal("neither taken nor dropped")
	return 0, 0
}

func TestCollectorTranscript(t *testing.T) {
	h := newHearing(t)
	h.note("# two copies and another beacon in slot 40, from 80000")
	h.reveal(40)
	h.step(80_900, heardAt(h.beacon(40, 1), 80_900, -11_000))
	h.step(80_900, heardAt(h.beacon(40, 1), 80_901, -9_000))
	h.step(80_900, heardAt(h.beacon(40, 2), 80_905, -12_000))
	h.step(80_910, nil)
	h.note("# a further copy after they are sent, an own tag, noise")
	h.step(81_000, heardAt(h.beacon(40, 1), 80_950, -8_000))
	h.step(81_000, OwnTag{Tag{9}})
	h.step(81_000, heardAt(h.beacon(40, 9), 81_000, -2_000))
	h.step(81_000, heardAt(Frame{FrameBeacon, Mark{1}, Tag{3}}, 81_000, -9_000))
	h.note("# slot 59 ends epoch 1; the entropy of slot 60 comes late")
	h.reveal(59)
	h.step(119_500, heardAt(h.beacon(59, 4), 119_500, -9_000))
	h.step(120_500, heardAt(h.beacon(60, 5), 120_500, -9_000))
	h.step(122_600, nil)
	h.reveal(61)
	h.step(122_700, nil)
	h.note("# the clock is not known; then it is")
	h.step(130_000, undated(heardAt(h.beacon(65, 6), 130_000, -9_000)))
	h.step(131_000, undated(heardAt(h.beacon(65, 7), 131_000, -9_000)))
	other := undated(heardAt(h.beacon(65, 8), 131_000, -9_000))
	other.Uplink.Timestamp.Session = 6
	h.step(131_000, other)
	h.reveal(66)
	h.step(133_000, nil)
	h.step(133_500, ClockKnown{radio.Timestamp{Session: 7, Micros: 133_500_000}})
	h.note("%+v", h.c.Status())
	h.golden(t, "collector.txt")
}

func TestCollectorHolds(t *testing.T) {
	h := newHolding(t, 5_000)
	h.reveal(89)
	h.step(62_000, heardAt(h.beacon(31, 1), 62_000, 0))
	h.step(66_999, nil)
	if next, ok := h.c.Next(66_999); len(h.batches) != 0 || !ok || next != 67_000 {
		t.Errorf("%d batches, next step at %d", len(h.batches), next)
	}
	h.step(67_000, nil)
	if len(h.batches) != 1 {
		t.Error("nothing is sent after hold_ms")
	}
	for i := range byte(MaxObservations) { // full
		h.step(70_000, heardAt(h.beacon(35, i), 70_000, 0))
	}
	if len(h.batches) != 2 || len(h.batches[1].Observations) != MaxObservations {
		t.Error("a full batch is held")
	}
	h.step(119_999, heardAt(h.beacon(59, 1), 119_999, 0))
	h.step(120_000, heardAt(h.beacon(60, 1), 120_000, 0)) // the next epoch
	if len(h.batches) != 3 || h.batches[2].Epoch != 1 {
		t.Error("a batch of the epoch before is held")
	}
	if rest := h.c.Flush(); len(rest) != 1 || rest[0].Batch.Epoch != 2 {
		t.Errorf("%+v", rest)
	}
	if h.c.Flush() != nil {
		t.Error("flushed twice")
	}
}

// TestWhatComesLateIsNotHeldAnew: an observation that was heard before those of the batch that it joins
// is handed over hold_ms after it was heard.
func TestWhatComesLateIsNotHeldAnew(t *testing.T) {
	h := newHolding(t, 40_000)
	h.reveal(89)
	h.step(75_000, heardAt(h.beacon(37, 1), 75_000, 0))
	h.step(79_000, heardAt(h.beacon(34, 2), 69_000, 0))
	h.step(79_000, nil)
	h.step(108_999, nil)
	if next, ok := h.c.Next(108_999); len(h.batches) != 0 || !ok || next != 109_000 {
		t.Errorf("%d batches, next step at %d", len(h.batches), next)
	}
	h.step(109_000, nil)
	if len(h.batches) != 1 || len(h.batches[0].Observations) != 2 {
		t.Errorf("%+v", h.batches)
	}
}

// TestDiscoveryIsNotHeld: who sent a discovery beacon waits for what was heard of it.
func TestDiscoveryIsNotHeld(t *testing.T) {
	h := newHolding(t, 30_000)
	h.reveal(89)
	h.step(62_000, heardAt(h.beacon(31, 1), 62_000, 0))
	f := h.beacon(31, 2)
	f.Type = FrameDiscovery
	h.step(63_000, heardAt(f, 63_000, 0))
	h.step(64_999, nil)
	if next, ok := h.c.Next(64_999); len(h.batches) != 0 || !ok || next != 65_000 {
		t.Errorf("%d batches, next step at %d", len(h.batches), next)
	}
	h.step(65_000, nil)
	if len(h.batches) != 1 || len(h.batches[0].Observations) != 2 {
		t.Errorf("%+v, want both observations 2 s after the discovery beacon", h.batches)
	}
}

func TestCollectorTakes64TagsASlot(t *testing.T) {
	h := newHearing(t)
	h.reveal(40)
	for i := range byte(MaxTags + 6) {
		h.step(80_500, heardAt(h.beacon(40, i), 80_500, 0))
	}
	h.step(80_500, nil)
	n := 0
	for _, w := range h.batches {
		n += len(w.Observations)
	}
	if n != MaxTags || h.c.Status().Dropped[DropTags] != 6 {
		t.Errorf("%d observations, %v", n, h.c.Status().Dropped)
	}
}

func TestCollectorIsBounded(t *testing.T) {
	h := newHearing(t)
	for i := range 3 * maxPerSlot { // one slot, no entropy
		f := Frame{FrameBeacon, Mark{1}, Tag{byte(i), byte(i >> 8)}}
		h.step(80_500, heardAt(f, 80_500, 0))
	}
	if s := h.c.Status(); s.Unchecked != maxPerSlot || s.Dropped[DropFull] != 2*maxPerSlot {
		t.Errorf("%+v", s)
	}
	for i := range maxUndated + 5 {
		h.step(80_500, undated(heardAt(h.beacon(40, byte(i)), 80_500, 0)))
	}
	if s := h.c.Status(); s.Undated != maxUndated {
		t.Errorf("%+v", s)
	}
	for i := range byte(maxOwn + 5) {
		h.step(80_500, OwnTag{Tag{i}})
	}
	if len(h.c.own) != maxOwn {
		t.Errorf("%d own tags", len(h.c.own))
	}
	h.step(80_500+20_000, nil) // the cases of these slots are closed
	if s := h.c.Status(); s.Unchecked != 0 || s.Dropped[DropLate] != maxPerSlot {
		t.Errorf("%+v", s)
	}
}

func TestCollectorForgetsTags(t *testing.T) {
	h := newHearing(t)
	h.reveal(89)
	for k := Slot(30); k < 90; k++ {
		at := schedules["demo"].Start(k) + 500
		h.step(at, heardAt(h.beacon(k, 1), at, 0))
		h.step(at, nil)
		if len(h.c.tags) > 4 {
			t.Fatalf("the tags of %d slots are kept", len(h.c.tags))
		}
	}
	if len(h.batches) != 60 {
		t.Errorf("%d batches", len(h.batches))
	}
}

func TestCollectorWithoutAnchor(t *testing.T) {
	h := newHearing(t)
	full := h.chains
	h.c.chains = NewChains(h.network.id())
	h.step(80_500, heardAt(h.beacon(40, 1), 80_500, 0))
	h.step(80_600, nil)
	if s := h.c.Status(); s.Unchecked != 1 {
		t.Errorf("%+v", s)
	}
	if _, ok := h.c.Next(80_600); ok {
		t.Error("a step is due without timing")
	}
	h.c.chains = full
	h.reveal(40)
	h.step(80_700, nil)
	if len(h.batches) != 1 {
		t.Errorf("%+v", h.c.Status())
	}
}

func TestScreen(t *testing.T) {
	good := heardAt(Frame{FrameDiscovery, Mark{1}, Tag{2}}, 1000, 0).Uplink
	if f, drop := Screen(good); drop != 0 || f != (Frame{FrameDiscovery, Mark{1}, Tag{2}}) {
		t.Errorf("%+v, %v", f, drop)
	}
	wide := Modulation(10)
	wide.Bandwidth = 250 * radio.KHz
	for want, spoil := range map[Drop]func(*radio.Uplink){
		DropCRC:        func(u *radio.Uplink) { u.CRC = radio.CRCNone },
		DropModulation: func(u *radio.Uplink) { u.Modulation = wide },
	} {
		u := good
		spoil(&u)
		if _, drop := Screen(u); drop != want {
			t.Errorf("%v, want %v", drop, want)
		}
	}
	fsk := good
	fsk.Modulation = radio.FSK{BitRate: 50_000}
	if _, drop := Screen(fsk); drop != DropModulation || drop.String() != "modulation" || drops.String() != "unknown" {
		t.Error(drop)
	}
}

func TestObservationOfUplink(t *testing.T) {
	e := heardAt(Frame{FrameBeacon, Mark{1}, Tag{2}}, 80_500, -11_111)
	e.Uplink.SNR, e.Uplink.FrequencyOffset = -725, -1234
	e.Uplink.SignalRSSI, e.Uplink.HasSignalRSSI = -11_900, true
	e.Uplink.Timestamp.Micros = 1<<32 + 5
	e.Fine, e.HasFine = 77, true
	want := Observation{
		Frame: Frame{FrameBeacon, Mark{1}, Tag{2}}, Frequency: 868_100_000, SF: 10, ChannelRSSI: -11_111, SignalRSSI: -11_900,
		HasSignalRSSI: true, SNR: -725, Offset: -1234, Counter: 5, Heard: 80_500, Copies: 1, Fine: 77, HasFine: true,
	}
	frame, _ := Screen(e.Uplink)
	if diff := cmp.Diff(want, sightingOf(frame, e).observation); diff != "" {
		t.Error(diff)
	}
}

// TestMergeKeepsTheBest takes copies in any order: the strongest is kept, of equal
// ones the earliest, and all are counted.
func TestMergeKeepsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		copies := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Observation {
			return Observation{
				ChannelRSSI: radio.DBm(rapid.IntRange(-3, 0).Draw(t, "channel")), Copies: 1,
				SignalRSSI: radio.DBm(rapid.IntRange(-3, 0).Draw(t, "signal")), HasSignalRSSI: rapid.Bool().Draw(t, "has"),
				Heard: Millis(rapid.IntRange(0, 3).Draw(t, "heard")),
			}
		}), 1, 8).Draw(t, "copies")
		merged := copies[0]
		for _, o := range copies[1:] {
			merged = merged.merge(o)
		}
		for _, o := range copies {
			if o.strength() > merged.strength() || o.strength() == merged.strength() && o.Heard < merged.Heard {
				t.Fatalf("%+v is better than %+v", o, merged)
			}
		}
		if merged.Copies != uint32(len(copies)) {
			t.Fatalf("%d copies", merged.Copies)
		}
	})
}

// TestCollectorSendsEachTagOnce hears random frames while entropy comes in jumps:
// each tag of a slot is sent once, all of them within bounds.
func TestCollectorSendsEachTagOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newHearing(t)
		now, heard := Millis(61_000), map[string]bool{}
		for range rapid.IntRange(1, 60).Draw(rt, "frames") {
			now += Millis(rapid.Int64Range(0, 1_500).Draw(rt, "pause"))
			k := min(max(schedules["demo"].SlotAt(now), 30), 88)
			if rapid.Bool().Draw(rt, "entropy") {
				h.reveal(k + 1)
			}
			tag := byte(rapid.IntRange(1, 4).Draw(rt, "tag"))
			heard[fmt.Sprint(h.beacon(k, tag))] = true
			h.step(now, heardAt(h.beacon(k, tag), now, radio.DBm(-rapid.IntRange(1, 3).Draw(rt, "rssi"))))
			if rapid.Bool().Draw(rt, "tick") {
				h.step(now, nil)
			}
		}
		h.reveal(89)
		h.step(now, nil)
		sent := map[string]bool{}
		for _, w := range h.batches {
			for _, o := range w.Observations {
				if key := fmt.Sprint(o.Frame); sent[key] || !heard[key] {
					rt.Fatalf("%s sent twice, or never heard:\n%s", key, h.String())
				} else {
					sent[key] = true
				}
			}
		}
		if len(sent) != len(heard) {
			rt.Fatalf("%d of %d sent:\n%s", len(sent), len(heard), h.String())
		}
	})
}

func TestDropsHaveNames(t *testing.T) {
	for d := DropCRC; d < drops; d++ {
		if d.String() == "" || strings.ToLower(d.String()) != d.String() {
			t.Errorf("drop %d: %q", d, d)
		}
	}
}

// TestPending: what no batch has left with is given, is read again as it was, and leaves when
// it would have left without the break; there are bounds.
func TestPending(t *testing.T) {
	h := newHolding(t, 20_000)
	h.reveal(30)
	h.step(60_500, heardAt(h.beacon(30, 1), 60_500, -9000))
	h.step(60_600, heardAt(h.beacon(30, 1), 60_600, -9100))
	h.step(62_500, heardAt(h.beacon(31, 2), 62_500, -9000)) // waits
	list, err := ParseObservations(AppendObservations(nil, h.c.Pending()))
	if err != nil || len(list) != 2 || list[0].Copies != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	h.c = NewCollector(h.network.id(), h.chains)
	h.c.RestorePending(list)
	if diff := cmp.Diff(list, h.c.Pending()); diff != "" {
		t.Error(diff)
	}
	h.step(70_000, nil)
	h.reveal(35)
	h.step(70_000, heardAt(h.beacon(30, 1), 60_700, -8900))
	h.step(80_499, nil)
	if len(h.batches) > 0 {
		t.Error("it leaves too early")
	}
	h.step(80_500, nil)
	if len(h.batches) != 1 || len(h.batches[0].Observations) != 2 || h.batches[0].Observations[0].Copies != 3 || len(h.c.Pending()) != 0 {
		t.Errorf("%+v, %d pending", h.batches, len(h.c.Pending()))
	}
	for i := range 2 * MaxPending {
		h.step(82_000, heardAt(h.beacon(40+Slot(i%2), byte(i)), 82_000, -9000))
	}
	if n := len(h.c.Pending()); n != MaxPending {
		t.Errorf("%d pending, want %d", n, MaxPending)
	}
}
