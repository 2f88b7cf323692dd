package hotspot

import (
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// holding is a station without a site that holds for five minutes what it hears, in an epoch
// that does not end meanwhile.
func (a *area) holding() {
	a.site = nil
	a.anchor.Timing.Hold, a.anchor.Timing.Report, a.anchor.Timing.EpochSlots = 300_000, 600_000, 300_000
	a.start()
	synctest.Wait()
}

// hearOne has a beacon with a tag heard.
func (a *area) hearOne(tag byte) {
	u := a.beaconHeard()
	u.PHYPayload[len(u.PHYPayload)-1] = tag
	a.c.Hear(u)
	synctest.Wait()
}

// observed counts in how many records each tag was reported. One record may be sent more than
// once: a new session sends all that has no answer.
func (a *area) observed() map[byte]int {
	a.t.Helper()
	n, counted := map[byte]int{}, map[radio.RecordID]bool{}
	for _, s := range a.sent() {
		id := s.ID(a.id())
		if s.Kind != radio.KindWitness || counted[id] {
			continue
		}
		counted[id] = true
		b, err := witness.ParseBatch(s.Body)
		if err != nil {
			a.t.Fatal(err)
		}
		for _, o := range b.Observations {
			n[o.Frame.Tag[len(o.Frame.Tag)-1]]++
		}
	}
	return n
}

// TestHeldOutlivesAKill: what is held is on disk after a minute, is reported after a start
// when hold_ms have passed since it was heard, and once; at most a minute of it is lost, and
// the disk is written to once a minute.
func TestHeldOutlivesAKill(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.holding()
		began := time.Now()
		for tag := byte(1); tag <= 20; tag++ { // 2 minutes
			a.hearOne(tag)
			a.pass(3)
		}
		a.pass(int(time.Minute/a.timing.Slot.Duration()) + 5)
		if a.noted < 2 || a.noted > 4 {
			t.Errorf("%d notes in three minutes", a.noted)
		}
		a.hearOne(21) // at once on disk: nothing was written for a while
		a.pass(1)
		a.hearOne(22)
		a.pass(1)
		a.kill()
		if len(a.sent()) > 0 {
			t.Fatal("it is not held")
		}
		a.start()
		a.pass(2)
		if s := a.c.Status(); s.Held != 21 || s.Waiting != 0 {
			t.Errorf("%d held, %d wait after the kill, dropped %v; want 21 held", s.Held, s.Waiting, s.Dropped)
		}
		time.Sleep(time.Until(began.Add(5*time.Minute - time.Second)))
		synctest.Wait()
		if len(a.sent()) > 0 {
			t.Error("it is held for less than hold_ms")
		}
		time.Sleep(longTurn)
		synctest.Wait()
		if n := a.observed(); len(n) != 21 || n[22] != 0 || n[1] != 1 || n[21] != 1 {
			t.Errorf("reported %v", n)
		}
	})
}

// TestHeldIsReportedOnce: what has left in a report since it was written down is not taken
// again.
func TestHeldIsReportedOnce(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.holding()
		a.hearOne(1)
		a.pass(1)
		for tag := byte(2); tag <= witness.MaxObservations; tag++ { // the last one fills the batch
			a.hearOne(tag)
		}
		a.pass(1)
		a.kill()
		n := len(a.sent())
		a.start()
		a.pass(2)
		a.stop()
		a.start()
		a.pass(2)
		if got := a.observed(); n != 1 || len(got) != witness.MaxObservations || got[1] != 1 || a.noted == 0 {
			t.Errorf("%d reports, then %v; %d notes", n, got, a.noted)
		}
	})
}

// TestWaitingOutlivesAStop: a frame whose entropy has not come is not lost with a stop, and is
// reported when it has.
func TestWaitingOutlivesAStop(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.site = nil
		a.start()
		a.pass(1)
		time.Sleep(a.timing.Slot.Duration()) // without its value
		a.hearOne(1)
		a.stop()
		if len(a.sent()) > 0 {
			t.Fatal("it does not wait")
		}
		a.start()
		a.pass(2)
		if n := a.observed(); n[1] != 1 {
			t.Errorf("reported %v", n)
		}
	})
}
