package hotspot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/witness"
)

// TestClockThatNobodyKeeps: a host that begins with the time of its last stop, or whose kernel
// is never told the time. What it hears is dated when the clock is known to be right, by the
// kernel or by a value that was published just now, and no beacon is sent before.
func TestClockThatNobodyKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		off   time.Duration // of the clock at the start
		syncs bool          // the kernel is told
	}{
		"right, and nobody says so":         {},
		"behind, then set by the kernel":    {off: -2 * time.Hour, syncs: true},
		"ahead, then set by hand":           {off: 26 * time.Hour},
		"a little behind, then set by hand": {off: -20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inArea(t, func(t *testing.T, a *area) {
				a.unsure.Store(true)
				a.ahead.Store(int64(c.off))
				a.start()
				synctest.Wait()
				if s := a.c.Status(); s.Reason != "clock_unset" || !strings.Contains(s.ReasonText, "nothing shows that it is right") {
					t.Errorf("at the start: %q, %q", s.Reason, s.ReasonText)
				}
				at, u := time.Now(), a.beaconHeard()
				u.ReceivedAt = at.Add(c.off) // as the driver dates it
				a.c.Hear(u)
				if c.off != 0 {
					a.pass(5)
					if s := a.c.Status(); s.Reason != "clock_unset" || s.Waiting != 1 || len(a.beacons()) > 0 {
						t.Errorf("before it is set: %q, %d wait, %d beacons", s.Reason, s.Waiting, len(a.beacons()))
					}
					a.ahead.Store(0)
					a.unsure.Store(!c.syncs)
				}
				a.pass(21)
				if s := a.c.Status(); s.Reason != "" || len(a.beacons()) == 0 || s.Waiting != 0 {
					t.Errorf("afterwards: %q, %d beacons, %d wait", s.Reason, len(a.beacons()), s.Waiting)
				}
				if heard := a.heardAt(); len(heard) != 1 || heard[0] != witness.MillisOf(at) {
					t.Errorf("heard at %d, reported %v", witness.MillisOf(at), heard)
				}
			})
		})
	}
}

// heardAt are the times of the observations that were reported.
func (a *area) heardAt() (list []witness.Millis) {
	for _, s := range a.sent() {
		if b, err := witness.ParseBatch(s.Body); err == nil {
			for _, o := range b.Observations {
				list = append(list, o.Heard)
			}
		}
	}
	return list
}

// TestClockSetAfterItWasRight: what showed that the clock was right says nothing of another
// one, until the next value.
func TestClockSetAfterItWasRight(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.unsure.Store(true)
		a.start()
		a.pass(2)
		reason := func(want string) {
			t.Helper()
			if s := a.c.Status(); s.Reason != want {
				t.Errorf("%q, want %q", s.Reason, want)
			}
		}
		reason("")
		a.ahead.Store(int64(time.Hour))
		a.pass(11)
		reason("clock_unset")
		a.ahead.Store(0)
		a.pass(11)
		reason("")
	})
}

// TestRetainedValueConfirmsNothing: it may be old.
func TestRetainedValueConfirmsNothing(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.unsure.Store(true)
		a.start()
		for range 5 {
			time.Sleep(a.timing.Slot.Duration())
			a.reveal(true)
			synctest.Wait()
		}
		if s := a.c.Status(); s.Reason != "clock_unset" {
			t.Errorf("%q", s.Reason)
		}
	})
}

// TestHeldWhileTheClockIsNotTrusted: a batch that is past due by a clock that nobody vouches for
// waits, and has the station look no more often than it does with nothing held.
func TestHeldWhileTheClockIsNotTrusted(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.holding()
		a.hearOne(1)
		a.pass(1)
		a.unsure.Store(true)
		a.ahead.Store(int64(time.Hour))
		time.Sleep(longTurn) // until it is seen
		synctest.Wait()
		a.c.locked(func() {
			if held := a.c.collector.Status().Held; a.c.trusted || held != 1 {
				t.Fatalf("trusted %v, %d held", a.c.trusted, held)
			}
		})
		before := a.looks.Load()
		time.Sleep(10 * clockPause)
		synctest.Wait()
		if n := a.looks.Load() - before; n > 100 {
			t.Errorf("looked at the clock %d times in ten seconds", n)
		}
		a.ahead.Store(0)
		a.unsure.Store(false)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := a.observed(); n[1] != 1 {
			t.Errorf("reported %v", n)
		}
	})
}

// TestClockThatAValueContradicts: a clock that the kernel vouched for once is not trusted any more
// when a value shows that it is wrong and the kernel says nothing.
func TestClockThatAValueContradicts(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.ahead.Store(int64(20 * time.Second))
		a.start()
		synctest.Wait()
		a.unsure.Store(true)
		if s := a.c.Status(); s.Reason == "clock_unset" {
			t.Fatal("the kernel is not believed")
		}
		a.pass(2)
		if s := a.c.Status(); s.Reason != "clock_unset" {
			t.Errorf("%q", s.Reason)
		}
	})
}
