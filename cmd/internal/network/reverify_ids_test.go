package network

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// TestReverifyListsReports: whoever verifies an epoch again can have the ids of all that has
// a receipt of its log, of each kind, and of nothing else; the result is the same as without.
func TestReverifyListsReports(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	epoch := witness.Epoch(1000)
	p := mustReveal(t, s, data, epoch)
	reporter := newProver(t, p.network)
	slot, _ := p.schedule.Slots(epoch)
	at := p.schedule.Start(slot)
	var want []radio.RecordID
	keep := func(kind radio.Kind, r radio.Signed, at witness.Millis) {
		t.Helper()
		if err := p.keep(t.Context(), string(kind), 0, r.ID(p.network).String(), at, r.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	for kind, body := range map[radio.Kind][]byte{
		radio.KindBeacon: beaconOf(slot, at, 1), radio.KindDiscovery: discoveryOf(epoch, p.schedule.Timing, 1), radio.KindWitness: batchOf(epoch, at, 1),
	} {
		r := reporter.sign(p.network, kind, body)
		want = append(want, r.ID(p.network))
		keep(kind, r, at)
	}
	_, next := p.schedule.Slots(epoch)
	late := reporter.sign(p.network, radio.KindBeacon, beaconOf(slot, at, 2)) // of this epoch, in the log of the next
	keep(radio.KindBeacon, late, p.schedule.Freezes(epoch))
	earlier := reporter.sign(p.network, radio.KindBeacon, beaconOf(slot-1, at, 3)) // of the epoch before, in the log of this
	want = append(want, earlier.ID(p.network))
	keep(radio.KindBeacon, earlier, p.schedule.Freezes(epoch-1))
	keep(radio.KindDiscovery, reporter.sign(p.network, radio.KindDiscovery, discoveryOf(epoch+1, p.schedule.Timing, 2)), p.schedule.Start(next))
	for _, kind := range []radio.Kind{radio.KindBeacon, radio.KindDiscovery} {
		spoilt := reporter.sign(p.network, kind, map[radio.Kind][]byte{radio.KindBeacon: beaconOf(slot, at, 4), radio.KindDiscovery: discoveryOf(epoch, p.schedule.Timing, 3)}[kind])
		spoilt.Signature[40] ^= 1
		keep(kind, spoilt, at)
	}
	keep(radio.KindWitness, reporter.sign(p.network, radio.KindBeacon, beaconOf(slot, at, 5)), at) // not what its subject says
	f := rigVerifying(t, data, p, epoch, epoch+1)
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+1)); err != nil || f.next != epoch+1 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	end()
	var list bytes.Buffer
	again := Reverification{Config: demoConfig(), Data: data, Epoch: &epoch, Workers: 2, Log: f.log, Out: filepath.Join(t.TempDir(), "again"), IDs: &list}
	if found, err := again.Run(t.Context()); err != nil || !found.Published || len(found.Differ) != 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	var got []radio.RecordID
	for id := range slices.Chunk(list.Bytes(), len(radio.RecordID{})) {
		got = append(got, radio.RecordID(id))
	}
	for _, ids := range [][]radio.RecordID{want, got} {
		slices.SortFunc(ids, func(a, b radio.RecordID) int { return bytes.Compare(a[:], b[:]) })
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}
