package verify

import (
	"runtime/debug"
	"testing"
)

// TestFrugal: the limit is that of the stations, and of what else the process has, while an epoch is
// verified, a lower one stays, and in the end it is what it was. The number is that of the snapshot from the first call on.
func TestFrugal(t *testing.T) {
	c := mustCountry(t)
	stations := int64(len(c.listings))
	for _, before := range []int64{1 << 50, memoryFixed / 2} {
		was := debug.SetMemoryLimit(before)
		var f Frugal
		calls := 0
		in := c.inputs(0, c.records[0])
		in.Progress = f.Progress(func(p Progress) {
			calls++
			if got, want := debug.SetMemoryLimit(-1), min(before, MemoryFor(stations)+f.others); p.Stations != stations || got != want {
				t.Errorf("%d stations, limit %d, want %d and %d", p.Stations, got, stations, want)
			}
		})
		if f.others <= 0 {
			t.Error("this process takes nothing")
		}
		mustEpoch(t, in)
		f.End()
		if got := debug.SetMemoryLimit(was); got != before || calls == 0 {
			t.Errorf("after %d calls the limit is %d, was %d", calls, got, before)
		}
	}
}
