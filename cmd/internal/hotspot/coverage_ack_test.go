package hotspot

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

var someReport = strings.Repeat("ab", sha256.Size)

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ text, reason, fault string }{
		{`{"report":"` + someReport + `","refused":"rate","text":"slowly"}`, "rate", ""},
		{`{"report":"` + someReport + `","refused":"second_beacon"}`, "second_beacon", ""},
		{`{"report":"` + someReport + `","refused":""}`, "", "0 bytes"},
		{`{"report":"` + someReport + `","refused":"a b"}`, "", "other characters"},
		{`{"report":"` + someReport + `","refused":"` + strings.Repeat("a", 33) + `"}`, "", "33 bytes"},
		{`{"report":"` + someReport + `00","refused":"rate"}`, "", "hash"},
		{`{"report":"ab","refused":"rate"}`, "", "hash"},
		{`{"report":"zz","refused":"rate"}`, "", "hash"},
		{`{"report":"` + someReport + `","refused":"rate","more":1}`, "", "unknown field"},
		{`{"report":"` + someReport + `","refused":"rate"}{}`, "", "follows"},
		{`{"text":"` + strings.Repeat("a", maxRefusal) + `"}`, "", "bytes"},
		{`{`, "", "EOF"},
	} {
		report, reason, err := parseRefusal([]byte(c.text))
		switch {
		case c.fault != "":
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%.80s: error %v, want %q", c.text, err, c.fault)
			}
		case err != nil || reason != c.reason || fmt.Sprintf("%x", report) != someReport:
			t.Errorf("%.80s: %x, %q, %v", c.text, report, reason, err)
		}
	}
}

// TestReceipts: only the network's key and its ingests give receipts.
func TestReceipts(t *testing.T) {
	network := stationOf(t, keyFrom(1)).Network()
	ingest := stationOf(t, keyFrom(3))
	want := radio.RecordID{5}
	body := witness.Receipt{Record: want, Received: 1000, Epoch: 2}.Append(nil)
	for _, c := range []struct {
		signer  byte
		kind    radio.Kind
		ingests []radio.Station
		good    bool
	}{
		{1, radio.KindReceipt, nil, true},
		{3, radio.KindReceipt, []radio.Station{ingest}, true},
		{3, radio.KindReceipt, nil, false},
		{2, radio.KindReceipt, []radio.Station{ingest}, false},
		{1, radio.KindHighWater, nil, false},
	} {
		s, err := radio.Sign(keyFrom(c.signer), network, c.kind, body)
		if err != nil {
			t.Fatal(err)
		}
		id, err := openReceipt(s.Append(nil), network, c.ingests)
		if (err == nil) != c.good || c.good && id != want {
			t.Errorf("%s signed by %d: %s, %v", c.kind, c.signer, id, err)
		}
	}
}

// FuzzAnswer: nothing that comes as an answer does harm, and what is taken can be
// shown.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"report":"` + someReport + `","refused":"rate","text":"slowly"}`))
	f.Add([]byte{0x0a})
	f.Fuzz(func(t *testing.T, b []byte) {
		if !isRefusal(b) {
			if _, err := openReceipt(b, radio.Network{1}, nil); err == nil {
				t.Error("a receipt of a network whose key nobody has")
			}
			return
		}
		if _, reason, err := parseRefusal(b); err == nil && checkReason(reason) != nil {
			t.Errorf("reason %q", reason)
		}
	})
}
