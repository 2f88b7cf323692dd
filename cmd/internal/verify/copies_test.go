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

// TestWhatCopiesStillCountFor: beacon reports that get no verdict still are reports of their window;
// discovery beacons are no tags of their slot.
func TestWhatCopiesStillCountFor(t *testing.T) {
	n := newTestNetwork(t)
	records, at := n.entropyOfOne(), n.timing.Start(35)
	for i := range MaxCopies + 7 {
		records = append(records, n.claim(keyOf(1), 33, radio.Signature{1}, at+witness.Millis(i)), n.claim(keyOf(2), 33, radio.Signature{2, byte(i)}, at))
	}
	for i := range 3 {
		batch := batchOf(25, n.timing.Start(31)+700, func(k int) witness.Tag { return witness.Tag{byte(i), byte(k)} })
		for k := range batch.Observations[:5*i] {
			batch.Observations[k].Frame.Type = witness.FrameDiscovery
		}
		records = append(records, n.signed(keyOf(3), radio.KindWitness, at+witness.Millis(i), batch.Append(nil)))
	}
	s, dir := mustEpoch(t, n.inputs(records))
	if s.Beacons != 2*MaxCopies+7 || s.Drops[DropCopies] != 7 || s.Observations != 60 || s.Drops[DropTags] != 0 || s.Drops[DropDiscovery] != 15 {
		t.Errorf("%+v", s)
	}
	for _, sig := range []radio.Signature{{1}, {2, 3}} {
		found, err := mustOpen(t, dir).Case(witness.TagOf(sig))
		if err != nil || len(found) != 1 || found[0].Beacons[0].Findings[secondBeaconRule].Value != MaxCopies+6 {
			t.Errorf("%x: %+v, %v", sig[:2], found, err)
		}
	}
}

// secondBeaconRule is the place of the rule `second_beacon` among those on beacons.
const secondBeaconRule = 13

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
