package gateway

import (
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// newest is the number of the frame that came last.
func (q *backlog) newest() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return number(q.frames[len(q.frames)-1])
}

// TestFullQueue lets a network come and go while more is offered than fits. In the
// end each frame was either acknowledged, in order, or dropped and counted; and
// none was dropped unless more waited at that moment than fits.
func TestFullQueue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limits := Limits{InFlight: rapid.IntRange(1, 6).Draw(r, "window"), Frames: rapid.IntRange(7, 20).Draw(r, "frames")}
		length := drawLength(r)
		bursts := rapid.SliceOfN(rapid.IntRange(0, 25), length, length).Draw(r, "bursts")
		acks := rapid.SliceOfN(rapid.IntRange(0, 10), length, length).Draw(r, "acks")
		cuts := rapid.SliceOfN(rapid.Bool(), length, length).Draw(r, "cuts")
		var fault string
		var acked []int
		var end Counters
		again := 0
		offered := 0
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.silent = true
			f, stop := forwarding(t, n, limits, quiet())
			for i, burst := range bursts {
				before := f.Counters()
				offer(f, offered, offered+burst)
				offered += burst
				after := f.Counters()
				if over := max(0, before.Queued+burst-limits.Frames); after.Dropped-before.Dropped != uint64(over) {
					fault = "dropped more or less than does not fit"
				}
				if burst > 0 && f.queue.newest() != offered-1 {
					fault = "the newest frame was dropped"
				}
				synctest.Wait()
				c := f.Counters()
				if c.InFlight > limits.InFlight || c.Queued > limits.Frames {
					fault = "a limit is exceeded"
				}
				if c.Offered != uint64(offered) || c.Offered != c.Acked+c.Dropped+uint64(c.Queued) {
					fault = "the counters do not add up"
				}
				n.acknowledge(acks[i])
				synctest.Wait()
				if cuts[i] {
					n.cut()
					synctest.Wait()
				}
			}
			n.be(func() { n.silent = false })
			n.cut()
			offer(f, offered, offered+1)
			offered++
			synctest.Wait()
			stop()
			acked, again, end = n.numbers(func() []*Frame { return n.acked }), len(n.again), f.Counters()
		})
		switch {
		case fault != "":
			r.Fatal(fault)
		case !slices.IsSorted(acked) || len(slices.Compact(slices.Clone(acked))) != len(acked):
			r.Fatalf("acknowledged out of order or twice: %v", acked)
		case again != 0:
			r.Fatalf("%d frames were sent again although they were acknowledged", again)
		case end.Acked != uint64(len(acked)) || end.Acked+end.Dropped != uint64(offered) || end.Queued != 0:
			r.Fatalf("%d offered, %d acknowledged: %+v", offered, len(acked), end)
		}
	})
}
