package network

import (
	"context"
	"errors"
	"testing"

	"hexspot/cmd/internal/web"
	"hexspot/internal/journal"
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
	if got := c.take(5, honest, radio.RecordID{1}, witness.MaxAppealFile); got != appealBusy {
		t.Errorf("the same again, before it is in the journal: %v", got)
	}
	c.kept(5, honest, radio.RecordID{1})
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
	c.giveBack(5, s, radio.RecordID{2})
	c.giveBack(5, s, radio.RecordID{7})
	c.giveBack(4, s, radio.RecordID{1})
	if len(c.taken[s]) != 1 || c.further != 0 {
		t.Errorf("%+v", c.taken)
	}
	c.giveBack(5, s, radio.RecordID{1})
	if len(c.taken) != 0 || c.further != 0 {
		t.Errorf("%+v", c.taken)
	}
}

// TestTheFirstAppealFails while a second one is counted, which is the first from then on.
func TestTheFirstAppealFails(t *testing.T) {
	var c appealCounts
	s := newProver(t, radio.Network{}).key.Station()
	c.take(5, s, radio.RecordID{1}, 1000)
	c.take(5, s, radio.RecordID{2}, 10)
	c.take(5, s, radio.RecordID{3}, 1)
	if c.giveBack(5, s, radio.RecordID{1}); c.further != 1 {
		t.Errorf("%d bytes of further ones, want those of the third", c.further)
	}
	if c.giveBack(5, s, radio.RecordID{3}); c.further != 0 {
		t.Errorf("%d bytes of further ones where there is one", c.further)
	}
}

// TestAnAppealAcrossEpochs: what becomes of an appeal that came in the epoch before is nothing
// to the same one that came in this epoch, and the other way round.
func TestAnAppealAcrossEpochs(t *testing.T) {
	var c appealCounts
	s := newProver(t, radio.Network{}).key.Station()
	c.take(5, s, radio.RecordID{1}, 1)
	c.take(6, s, radio.RecordID{1}, 1)
	c.take(5, s, radio.RecordID{2}, 1)
	c.giveBack(5, s, radio.RecordID{1})
	if got := c.take(6, s, radio.RecordID{1}, 1); got != appealBusy {
		t.Errorf("on its way in this epoch: %v", got)
	}
	c.giveBack(5, s, radio.RecordID{2})
	if got := c.take(6, s, radio.RecordID{2}, 1); got != appealFresh || c.further != 1 {
		t.Errorf("one that failed: %v, %d bytes of further ones", got, c.further)
	}
}

// heldAppends is a journal that says when it is asked, and answers as it is told.
type heldAppends struct {
	asked   chan struct{}
	outcome chan error
}

func (h heldAppends) Append(context.Context, string, string, []byte) error {
	h.asked <- struct{}{}
	return <-h.outcome
}

// TestAnAppealOnItsWayIsNotTaken: who sends it again is told to come back, and it is taken if the
// first time comes to nothing.
func TestAnAppealOnItsWayIsNotTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	must(t, stepped(t, d.entropy, present()))
	d.doubt(t, 1001, witness.StationSubject(p.key.Station()))
	d.settled(p)
	held := heldAppends{make(chan struct{}), make(chan error)}
	d.appeals.journal = held
	encoded, now := p.appeal(t, d.network, d.entropy.public.first(t)).Append(nil), present()
	enter := func() error {
		_, err := d.appeals.enter(t.Context(), encoded, now)
		return err
	}
	for _, outcome := range []error{journal.ErrFull, nil} {
		first := make(chan error, 1)
		go func() { first <- enter() }()
		<-held.asked
		var refusal web.Refusal
		if err := enter(); !errors.As(err, &refusal) || refusal.Refused != "busy" {
			t.Errorf("again while it is on its way: %v", err)
		}
		held.outcome <- outcome
		if err := <-first; !errors.Is(err, outcome) {
			t.Errorf("%v, want %v", err, outcome)
		}
	}
	if err := enter(); err != nil { // the journal is not asked
		t.Errorf("again when it is there: %v", err)
	}
}
