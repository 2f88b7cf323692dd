package witness

import (
	"testing"

	"hexspot/radio"
)

func BenchmarkNewChain(b *testing.B) {
	for b.Loop() {
		if _, err := NewChain(radio.Network{}, 0, 1440, Entropy{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChainValue(b *testing.B) {
	c, err := NewChain(radio.Network{}, 0, 1440, Entropy{1})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		c.Value(Slot(i % 1440))
	}
}

// BenchmarkLearn takes a chain's values one after the other, as a station does.
func BenchmarkLearn(b *testing.B) {
	c, err := NewChain(radio.Network{}, 0, 1440, Entropy{1})
	if err != nil {
		b.Fatal(err)
	}
	var trail *Trail
	for i := 0; b.Loop(); i++ {
		k := Slot(i % 1440)
		if k == 0 {
			trail = NewTrail(radio.Network{}, Anchor{To: 1440, X0: c.X0()})
		}
		x, _ := c.Value(k)
		if err := trail.Learn(k, x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseBatch(b *testing.B) {
	w := Batch{Epoch: 1}
	for range MaxObservations {
		w.Observations = append(w.Observations, largest())
	}
	body := w.Append(nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBatch(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyOpening(b *testing.B) {
	signer := signerOf(b, "ed25519", testNetwork{b, 1}.seed())
	lot := Lot{Station: testNetwork{b, 1}.station()}
	_, sig, err := radio.SignMessage(signer, OpeningMessage(lot, 7))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := VerifyOpening(lot, 7, sig); err != nil {
			b.Fatal(err)
		}
	}
}
