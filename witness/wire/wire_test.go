package wire

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// agree holds what the strict codec accepts against the generated code: it reads
// the same values and writes the same bytes.
func agree(t *testing.T, c codec, b []byte) {
	t.Helper()
	body, err := c.parse(b)
	if err != nil {
		return
	}
	read := c.empty()
	if err := proto.Unmarshal(b, read); err != nil {
		t.Fatalf("%s %x: the generated code refuses it: %v", c.name, b, err)
	}
	if !proto.Equal(read, messageOf(body)) {
		t.Errorf("%s %x: %v, strictly %+v", c.name, b, read, body)
	}
	written, err := proto.MarshalOptions{Deterministic: true}.Marshal(read)
	if err != nil || !bytes.Equal(written, b) || !bytes.Equal(appendStrict(body), b) {
		t.Errorf("%s %x: written again %x, strictly %x, %v", c.name, b, written, appendStrict(body), err)
	}
}

// FuzzAgree looks for bytes that the two read differently, and for messages of the
// generated code whose own encoding is not canonical.
func FuzzAgree(f *testing.F) {
	for _, b := range seeds(f) {
		for i := range codecs {
			f.Add(uint8(i), b)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, b []byte) {
		c := codecs[int(n)%len(codecs)]
		agree(t, c, b)
		m := c.empty()
		if proto.Unmarshal(b, m) != nil {
			return
		}
		if again, err := proto.Marshal(m); err == nil {
			agree(t, c, again)
		}
	})
}

func TestSeedsAreRead(t *testing.T) {
	read := map[string]int{}
	for _, b := range seeds(t) {
		for _, c := range codecs {
			if _, err := c.parse(b); err == nil {
				read[c.name]++
				agree(t, c, b)
			}
		}
	}
	for _, c := range codecs {
		if read[c.name] == 0 {
			t.Errorf("no seed is a message %s", c.name)
		}
	}
}

// seeds are the bodies of the vectors and a message of each other type.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	text, err := os.ReadFile("../../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Bodies struct{ Valid, Bad []struct{ Body string } }
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for _, c := range append(v.Bodies.Valid, v.Bodies.Bad...) {
		b, err := hex.DecodeString(c.Body)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	list = append(list, siteSeeds(t)...)
	signer := ed25519.NewKeyFromSeed(make([]byte, 32))
	signed, err := radio.Sign(signer, radio.Network{}, radio.KindAnchor, list[0])
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, appealSeeds(t, signer)...)
	values := []witness.Value{{Slot: 7, Revision: 1, Entropy: witness.Entropy{1}}, {}}
	ear, err := radio.StationOf(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	heard := witness.HeardBy{Station: ear, Observation: witness.Observation{Frame: witness.Frame{Type: witness.FrameDiscovery}, Frequency: 868_100_000, Copies: 1}}
	list = append(list, heard.Append(nil), heard.Between(coverage.Position{}, coverage.Position{X: 7}).Append(nil))
	return append(list, witness.AppendAnchors(nil, []radio.Signed{signed, signed}), witness.AppendValues(nil, values))
}

// appealSeeds are a sound message of each that has to do with appeals.
func appealSeeds(t testing.TB, signer ed25519.PrivateKey) [][]byte {
	t.Helper()
	station, err := radio.StationOf(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	positions := witness.Positions{Fixes: []witness.Fix{{At: 7, Position: coverage.Position{X: -1, Y: 2, Z: 6_371_007_180}, Accuracy: 3}, {At: 8}}}
	evidence, err := radio.Sign(signer, radio.Network{}, radio.KindPositions, positions.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	file, appeal, err := witness.NewAppealFile(radio.Network{}, 5, station, []radio.Signed{evidence})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[radio.Kind]radio.Signed{} // the kinds of appeals are read as evidence alone
	for _, kind := range []radio.Kind{radio.KindAnchor, radio.KindReceipt} {
		if listed[kind], err = radio.Sign(signer, radio.Network{}, kind, positions.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	file.Anchors, file.Receipts = []radio.Signed{listed[radio.KindAnchor]}, []radio.Signed{listed[radio.KindReceipt]}
	file.Values = []witness.Value{{Slot: 7, Revision: 1}, {}}
	if file.Record, err = radio.Sign(signer, radio.Network{}, radio.KindAppeal, appeal.Append(nil)); err != nil {
		t.Fatal(err)
	}
	return [][]byte{positions.Append(nil), appeal.Append(nil), file.Append(nil), witness.Audit{Station: station, From: 5, To: 9}.Append(nil)}
}

// siteSeeds are the bodies and changes of the vectors of sites.
func siteSeeds(t testing.TB) [][]byte {
	t.Helper()
	text, err := os.ReadFile("../testdata/site.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Sites []struct{ Body, Change string }
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for _, s := range v.Sites {
		for _, digits := range []string{s.Body, s.Change} {
			b, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, b)
		}
	}
	return list
}

// TestGeneratedIsReadStrictly writes any sound message with the generated code and
// reads it strictly.
func TestGeneratedIsReadStrictly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for i, m := range []proto.Message{drawBeacon(t), drawDiscovery(t), drawWitness(t), drawSite(t)} {
			b, err := proto.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			c := codecs[[]int{0, 1, 2, 6}[i]]
			body, err := c.parse(b)
			if err != nil {
				t.Fatalf("%s %x: %v", c.name, b, err)
			}
			if !proto.Equal(m, messageOf(body)) {
				t.Fatalf("%s: %v was read as %+v", c.name, m, body)
			}
		}
	})
}

func drawBytes(t *rapid.T, size int) []byte {
	return rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "bytes")
}

func drawBeacon(t *rapid.T) *Beacon {
	return &Beacon{
		Slot: rapid.Uint64().Draw(t, "slot"), Sig: drawBytes(t, 64), FrequencyHz: rapid.Uint32().Draw(t, "frequency"),
		Sf: rapid.Uint32().Draw(t, "sf"), Conducted: rapid.Int32().Draw(t, "conducted"),
		CounterUs: rapid.Uint32().Draw(t, "counter"), SentMs: rapid.Uint64().Draw(t, "sent"),
	}
}

func drawDiscovery(t *rapid.T) *Discovery {
	return &Discovery{
		Slot: rapid.Uint64().Draw(t, "slot"), Random: drawBytes(t, 18), FrequencyHz: rapid.Uint32().Draw(t, "frequency"),
		Sf: rapid.Uint32().Draw(t, "sf"), Conducted: rapid.Int32().Draw(t, "conducted"),
		CounterUs: rapid.Uint32().Draw(t, "counter"), SentMs: rapid.Uint64().Draw(t, "sent"),
	}
}

func drawWitness(t *rapid.T) *Witness {
	w := &Witness{Epoch: rapid.Uint64().Draw(t, "epoch")}
	for range rapid.IntRange(1, witness.MaxObservations).Draw(t, "observations") {
		w.Observations = append(w.Observations, drawObservation(t))
	}
	return w
}

func drawSite(t *rapid.T) *Site {
	return &Site{
		Owner: drawBytes(t, 20), Cell: rapid.Uint64().Draw(t, "cell"), Gain: rapid.Int32().Draw(t, "gain"),
		Loss: rapid.Int32().Draw(t, "loss"), Class: rapid.Uint32().Draw(t, "class"),
		Plan: rapid.StringMatching(`[A-Z0-9_]{1,16}`).Draw(t, "plan"), Nonce: rapid.Uint64().Draw(t, "nonce"),
		DeadlineMs: rapid.Uint64().Draw(t, "deadline"),
	}
}

func drawObservation(t *rapid.T) *Observation {
	return &Observation{
		Frame: rapid.Uint32().Draw(t, "frame"), Tag: drawBytes(t, 18), Mark: drawBytes(t, 4),
		FrequencyHz: rapid.Uint32().Draw(t, "frequency"), Sf: rapid.Uint32().Draw(t, "sf"),
		ChannelRssi: rapid.Int32().Draw(t, "channel"), SignalRssi: rapid.Ptr(rapid.Int32(), true).Draw(t, "signal"),
		Snr: rapid.Int32().Draw(t, "snr"), OffsetHz: rapid.Int32().Draw(t, "offset"),
		CounterUs: rapid.Uint32().Draw(t, "counter"), HeardMs: rapid.Uint64().Draw(t, "heard"),
		Copies: rapid.Uint32().Draw(t, "copies"), FineNs: rapid.Ptr(rapid.Uint64(), true).Draw(t, "fine"),
	}
}
