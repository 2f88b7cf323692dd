package gateway

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// plot is what happens to a forwarder, its network and its store, in order, over
// several starts of the program.
type plot struct {
	steps  []string
	counts []int
	window int
}

func drawPlot(r *rapid.T, faults bool) plot {
	kinds := []string{"offer", "offer", "offer", "ack", "ack", "cut", "silent", "talk", "leave", "leave", "return", "wait", "restart", "kill"}
	if faults {
		kinds = append(kinds, "full", "room", "small")
	}
	length := drawLength(r)
	return plot{
		steps:  rapid.SliceOfN(rapid.SampledFrom(kinds), length, length).Draw(r, "steps"),
		counts: rapid.SliceOfN(rapid.IntRange(1, 150), length, length).Draw(r, "counts"),
		window: rapid.IntRange(1, 20).Draw(r, "window"),
	}
}

// theatre is what a plot is played with.
type theatre struct {
	t       *testing.T
	network *fakeNetwork
	store   *fakeStore
	f       *Forwarder
	stop    func()
	window  int
	offered int
	before  []int // acknowledged in earlier starts
	dropped uint64
}

func (a *theatre) start() {
	a.f, a.stop = keeping(a.t, a.network, a.store, Limits{InFlight: a.window, Frames: 600}, quiet())
}

// restart stops the program; or kills it: then what it does at the end has no effect.
func (a *theatre) restart(kill bool) {
	survivor := a.store
	if kill {
		a.store.mu.Lock()
		survivor = &fakeStore{held: slices.Clone(a.store.held), most: a.store.most, full: a.store.full}
		a.store.mu.Unlock()
	}
	a.stop()
	a.dropped += a.f.Counters().Dropped
	a.before = append(a.before, a.network.numbers(func() []*Frame { return a.network.acked })...)
	old := a.network
	a.network, a.store = newNetwork(), survivor
	a.network.silent = old.silent
	a.start()
}

func (a *theatre) do(step string, count int) {
	switch step {
	case "offer":
		offer(a.f, a.offered, a.offered+count)
		a.offered += count
	case "ack":
		a.network.acknowledge(count)
	case "wait":
		time.Sleep(time.Duration(count) * 100 * time.Millisecond)
	case "restart", "kill":
		time.Sleep(2 * time.Second) // what waits is written by then
		synctest.Wait()
		a.restart(step == "kill")
	case "full", "room":
		a.store.be(func() { a.store.full = step == "full" })
	case "small":
		a.store.be(func() { a.store.most = 40 })
	default:
		a.network.do(step)
	}
	synctest.Wait()
}

// play plays a plot, lets all be well in the end, and gives what was acknowledged over
// all starts.
func (p plot) play(t *testing.T) (a *theatre, fault error) {
	a = &theatre{t: t, network: newNetwork(), store: &fakeStore{}, window: p.window}
	a.start()
	for i, step := range p.steps {
		a.do(step, p.counts[i])
		c := a.f.Counters()
		if fault == nil && (c.Offered+c.Restored != c.Acked+c.Dropped+uint64(c.Queued) || c.InFlight > p.window) {
			fault = fmt.Errorf("step %d, %s: %+v", i, step, c)
		}
	}
	a.store.be(func() { a.store.full = false })
	a.network.be(func() { a.network.silent = false })
	a.network.comeBack()
	a.network.cut()
	offer(a.f, a.offered, a.offered+1)
	a.offered++
	time.Sleep(2*retryPause + time.Second)
	synctest.Wait()
	a.stop()
	a.dropped += a.f.Counters().Dropped
	a.before = append(a.before, a.network.numbers(func() []*Frame { return a.network.acked })...)
	return a, fault
}

// TestNothingIsLostOverRestarts lets networks come and go, and programs stop and be
// killed, two seconds or longer after the last frame. In the end each frame was
// acknowledged once, in order.
func TestNothingIsLostOverRestarts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := drawPlot(r, false)
		var fault error
		var a *theatre
		synctest.Test(t, func(t *testing.T) { a, fault = p.play(t) })
		if fault != nil {
			r.Fatal(fault)
		}
		if got := slices.Compact(slices.Clone(a.before)); !slices.Equal(got, upTo(a.offered)) || len(got) != len(a.before) {
			r.Fatalf("%d offered, dropped %d, %d acknowledged, %d of them once and in order", a.offered, a.dropped, len(a.before), len(got))
		}
		if len(a.store.numbers()) != 0 {
			r.Fatalf("left in the store: %v", a.store.numbers())
		}
	})
}

// TestDiskTroubleIsCounted: with a disk that fills up and forgets, what is not
// acknowledged was dropped and counted, and order is kept.
func TestDiskTroubleIsCounted(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := drawPlot(r, true)
		p.steps = slices.DeleteFunc(p.steps, func(s string) bool { return s == "restart" || s == "kill" })
		var fault error
		var a *theatre
		synctest.Test(t, func(t *testing.T) { a, fault = p.play(t) })
		switch {
		case fault != nil:
			r.Fatal(fault)
		case !slices.IsSorted(a.before) || len(slices.Compact(slices.Clone(a.before))) != len(a.before):
			r.Fatal("acknowledged out of order or twice")
		case len(a.before)+int(a.dropped) != a.offered:
			r.Fatalf("%d offered, %d acknowledged, %d dropped", a.offered, len(a.before), a.dropped)
		}
	})
}
