package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// schedule is what happens to a forwarder and its network, in order.
type schedule struct {
	steps  []string
	rests  []bool // whether all is still before the next step
	window int
}

func drawSchedule(r *rapid.T) schedule {
	kinds := []string{"offer", "ack", "cut", "silent", "talk", "refuse", "refuse later", "leave", "return", "overdue"}
	length := drawLength(r)
	return schedule{
		steps:  rapid.SliceOfN(rapid.SampledFrom(kinds), length, length).Draw(r, "steps"),
		rests:  rapid.SliceOfN(rapid.Bool(), length, length).Draw(r, "rests"),
		window: rapid.IntRange(1, 8).Draw(r, "window"),
	}
}

// drawLength is of schedules that are long as often as short: rapid's own slices
// have a handful of elements.
func drawLength(r *rapid.T) int {
	return rapid.SampledFrom([]int{3, 10, 30, 100}).Draw(r, "length")
}

// do takes one step.
func (n *fakeNetwork) do(step string) {
	switch step {
	case "ack":
		n.acknowledge(2)
	case "cut":
		n.cut()
	case "silent", "talk":
		n.be(func() { n.silent = step == "silent" })
	case "refuse":
		n.be(func() { n.refuseIn = 1 })
	case "refuse later":
		n.be(func() { n.refuseIn = 3 })
	case "leave":
		n.leave()
	case "return":
		n.comeBack()
	}
}

// run plays the schedule, lets the network be well again, and stops. It returns the
// first fault seen.
func (s schedule) run(t *testing.T) (fault error) {
	n := newNetwork()
	f, stop := forwarding(t, n, Limits{InFlight: s.window}, quiet())
	offered := 0
	more := func(count int) {
		offer(f, offered, offered+count)
		offered += count
	}
	check := func() {
		if fault == nil {
			fault = f.Counters().fault(offered, s.window)
		}
	}
	for i, step := range s.steps {
		switch step {
		case "offer":
			more(5)
		case "overdue":
			time.Sleep(ackLimit + time.Second)
		default:
			n.do(step)
		}
		if s.rests[i] {
			synctest.Wait()
		}
		check()
	}
	n.be(func() { n.silent, n.refuseIn = false, 0 })
	n.comeBack()
	n.cut()
	more(1)
	synctest.Wait()
	check()
	stop()
	if fault != nil {
		return fault
	}
	return n.fault(f.Counters(), offered)
}

// fault says whether the counters contradict each other, or what must be true while
// nothing is dropped.
func (c Counters) fault(offered, window int) error {
	if c.Offered != uint64(offered) || c.Dropped != 0 || c.Offered != c.Acked+c.Dropped+uint64(c.Queued) ||
		c.InFlight > window || c.InFlight > c.Queued || c.Sent < c.Acked+uint64(c.InFlight) {
		return fmt.Errorf("%d offered, window %d: %+v", offered, window, c)
	}
	return nil
}

// fault says whether the network did not get each frame, in order, until it
// acknowledged it and no longer.
func (n *fakeNetwork) fault(c Counters, offered int) error {
	for i, f := range n.acked {
		if number(f) != i || f.UplinkID != NewFrame(uplink(i)).UplinkID {
			return fmt.Errorf("acknowledgement %d is of frame %d", i, number(f))
		}
	}
	if len(n.acked) != offered || c.Acked != uint64(offered) || c.Queued != 0 {
		return fmt.Errorf("%d of %d frames acknowledged: %+v", len(n.acked), offered, c)
	}
	if len(n.again) != 0 {
		return fmt.Errorf("frame %d was sent again although it was acknowledged", number(n.again[0]))
	}
	return nil
}

// TestNothingIsLost lets a network accept, acknowledge, refuse, fall silent and
// vanish in any order. In the end each frame was acknowledged once, in order, and
// never sent again after that.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawSchedule(r)
		var fault error
		synctest.Test(t, func(t *testing.T) { fault = s.run(t) })
		if fault != nil {
			r.Fatal(fault)
		}
	})
}
