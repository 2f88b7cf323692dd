package bench

import (
	"runtime"
	"testing"
	"time"

	"hexspot/cmd/internal/verify"
)

// TestSettlingAtTheGoal: paying is shared by the cores, closing is not, and both grow with the
// reports.
func TestSettlingAtTheGoal(t *testing.T) {
	for _, c := range []struct{ paying, closing, want time.Duration }{
		{4 * time.Second, 0, 200 * time.Second}, {0, time.Second, 100 * time.Second}, {time.Second, time.Second, 150 * time.Second},
	} {
		s := verify.Summary{Sums: verify.Sums{Beacons: 40_000, Observations: 560_000}, Paying: c.paying, Closing: c.closing}
		if got := settlingAtGoal(s); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.paying, c.closing, got, c.want)
		}
	}
	if got := settlingAtGoal(verify.Summary{}); got != 0 {
		t.Errorf("%v for nothing", got)
	}
	runtime.LockOSThread() // the clock is a thread's
	defer runtime.UnlockOSThread()
	if before, now := threadTime(), threadTime(); before <= 0 || now < before {
		t.Errorf("the thread's clock goes from %v to %v", before, now)
	}
}
