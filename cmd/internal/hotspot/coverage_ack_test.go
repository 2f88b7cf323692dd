package hotspot

import (
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

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

// FuzzReceipt: nothing is a receipt of a network whose key nobody has.
func FuzzReceipt(f *testing.F) {
	f.Add([]byte{0x0a})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := openReceipt(b, radio.Network{1}, nil); err == nil {
			t.Error("a receipt of a network whose key nobody has")
		}
	})
}
