package verify

import (
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// TestCopiesOfATag: of one station's reports on one tag no more count than there may be,
// the same ones in whatever order they come, with any number of workers and little memory;
// others' on the tag are unharmed.
func TestCopiesOfATag(t *testing.T) {
	n := newTestNetwork(t)
	heard := n.timing.Start(31) + 700
	var records []Record
	one := func(int) witness.Tag { return witness.Tag{7} }
	report := func(seed uint64, count int) {
		for i := range count {
			batch := batchOf(20, heard, one)
			records = append(records, n.signed(keyOf(seed), radio.KindWitness, heard+witness.Millis(i), batch.Append(nil)))
		}
	}
	report(1, 20)
	report(2, 15)
	report(3, 1)
	records = append(records, n.signed(keyOf(4), radio.KindWitness, heard, batchOf(1, heard, one).Append(nil)))
	records = append(records, n.entropyOfOne()...)
	var want Summary
	for seed := range uint64(6) {
		in := n.inputs(shuffled(append(records, records[:3]...), seed))
		in.Workers, in.Memory = int(seed)*3+1, int64(seed)
		s, _ := mustEpoch(t, in)
		if seed == 0 {
			want = s
		}
		if s.Observations != 3*MaxCopies+1 || s.Root != want.Root || s.Drops.String() != want.Drops.String() {
			t.Errorf("%+v", s)
		}
		if s.Drops[DropCopies]+s.Observations != 20*(20+15+1+3)+1 || s.Drops[DropAgain] != 0 {
			t.Errorf("%v dropped, %d judged", s.Drops, s.Observations)
		}
	}
}

// entropyOfOne is what epoch 1 needs.
func (n *testNetwork) entropyOfOne() []Record {
	chain, anchor := n.chain(30, 60, 0, 0)
	next, following := n.chain(60, 90, 0, 0)
	k := n.timing.SlotAt(n.timing.Freezes(1)) + 1
	return []Record{anchor, following, n.value(chain, 59, 0, n.timing.Start(59)), n.value(next, k, 0, n.timing.Start(k))}
}

// TestALargePart: a part that does not fit into the memory is sorted further, down to single
// tags, and gives what it gives in memory.
func TestALargePart(t *testing.T) {
	n := newTestNetwork(t)
	heard := n.timing.Start(31) + 700
	var records []Record
	for i := range 300 {
		batch := batchOf(witness.MaxObservations, heard+2_000*witness.Millis(i%20), func(k int) witness.Tag { return witness.Tag{7, 0, byte(k * i), byte(i)} })
		records = append(records, n.signed(keyOf(uint64(i%60)), radio.KindWitness, heard+witness.Millis(i), batch.Append(nil)))
	}
	records = append(records, n.entropyOfOne()...)
	if size := 300 * witness.MaxObservations * heardSize; size < leastPortion {
		t.Fatalf("a part of %d bytes is not large", size)
	}
	in := n.inputs(records)
	want, _ := mustEpoch(t, in)
	in = n.inputs(shuffled(records, 1))
	in.Memory, in.Workers = 1, 3
	got, _ := mustEpoch(t, in)
	if got.Root != want.Root || got.Sums != want.Sums || got.Drops.String() != want.Drops.String() || want.Orphans == 0 {
		t.Errorf("%+v, want %+v", got, want)
	}
}
