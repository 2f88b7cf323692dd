package network

import (
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// TestNobodyKeepsAnotherFromAppealing: whatever others have sent, a station's first appeal of an
// epoch is taken; its further ones while there is room, and as many as are judged.
func TestNobodyKeepsAnotherFromAppealing(t *testing.T) {
	var c appealCounts
	station := func(n int) radio.Station { return newProver(t, radio.Network{}).key.Station() }
	greedy := []radio.Station{station(0), station(1)}
	for _, s := range greedy {
		for n := range byte(9) {
			want := appealFresh
			if n >= witness.MostAppeals {
				want = appealTooMany
			}
			if got := c.take(5, s, radio.RecordID{n}, 100); got != want {
				t.Errorf("appeal %d: %v", n, got)
			}
		}
	}
	c.further = mostFurther
	honest := station(2)
	if got := c.take(5, honest, radio.RecordID{1}, witness.MaxAppealFile); got != appealFresh {
		t.Errorf("the first of another: %v", got)
	}
	if got := c.take(5, honest, radio.RecordID{1}, witness.MaxAppealFile); got != appealAgain {
		t.Errorf("the same again: %v", got)
	}
	if got := c.take(5, honest, radio.RecordID{2}, 1); got != appealTooMany || c.wouldTake(5, honest, radio.RecordID{2}, 1) {
		t.Errorf("a further one where there is no room: %v", got)
	}
	if got := c.take(6, greedy[0], radio.RecordID{9}, 1); got != appealFresh || len(c.taken) != 1 || c.further != 0 {
		t.Errorf("in the next epoch: %v, %+v", got, c.taken)
	}
}

// TestWhatWasNotJournaledIsNotCounted.
func TestWhatWasNotJournaledIsNotCounted(t *testing.T) {
	var c appealCounts
	s := newProver(t, radio.Network{}).key.Station()
	c.take(5, s, radio.RecordID{1}, 100)
	c.take(5, s, radio.RecordID{2}, 100)
	c.giveBack(5, s, radio.RecordID{2}, 100)
	c.giveBack(5, s, radio.RecordID{7}, 100)
	c.giveBack(4, s, radio.RecordID{1}, 100)
	if len(c.taken[s]) != 1 || c.further != 0 {
		t.Errorf("%+v", c.taken)
	}
	c.giveBack(5, s, radio.RecordID{1}, 100)
	if len(c.taken) != 0 || c.further != 0 {
		t.Errorf("%+v", c.taken)
	}
}

// TestAppealsOfBeforeAStartCount: what the journal has of the running epoch.
func TestAppealsOfBeforeAStartCount(t *testing.T) {
	data := Data(t.TempDir())
	store, end := mustStore(t, data)
	defer end()
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	parts := provingParts{journal: store.Journal}
	now := present()
	epoch := d.schedule.Epoch(d.schedule.SlotAt(now))
	from, _ := d.schedule.Slots(epoch)
	for at, slot := range map[witness.Millis]witness.Slot{now: 1, d.schedule.Start(from) - 1: 2} {
		f := p.appeal(t, d.network, slot)
		must(t, parts.keep(t.Context(), string(radio.KindAppeal), 1, f.Record.ID(d.network).String(), at, f.Append(nil)))
	}
	must(t, parts.keep(t.Context(), string(radio.KindAppeal), 1, "damaged", now, []byte{1}))
	must(t, d.appeals.recover(t.Context(), store.Journal, now))
	if got := d.appeals.counts.taken; len(got[p.key.Station()]) != 1 || d.appeals.counts.epoch != epoch {
		t.Errorf("%+v", got)
	}
}
