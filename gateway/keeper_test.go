package gateway

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// keeping runs a forwarder with a store in a synctest bubble.
func keeping(t *testing.T, n *fakeNetwork, s Store, limits Limits, log *slog.Logger) (f *Forwarder, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f = NewForwarder(n, limits, log)
	if err := f.Persist(ctx, s, time.Second); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the forwarder ends with %v", err)
		}
	}
}

// inMemory is how many frames wait in memory.
func inMemory(f *Forwarder) int {
	f.queue.mu.Lock()
	defer f.queue.mu.Unlock()
	return len(f.queue.frames)
}

func from(first, next int) (list []int) {
	for ; first < next; first++ {
		list = append(list, first)
	}
	return list
}

// TestHealthyTouchesNoStore: while the destination keeps up nothing is written, read
// or removed, for however long, nor at the stop.
func TestHealthyTouchesNoStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		f, stop := keeping(t, n, s, Limits{}, quiet())
		synctest.Wait()
		for i := range 1000 {
			offer(f, i, i+1)
			time.Sleep(time.Duration(i%7) * time.Second)
		}
		n.be(func() { n.silent = true }) // a round trip of half a second is no outage
		for i := 1000; i < 1100; i++ {
			offer(f, i, i+1)
			time.Sleep(stallLimit / 2)
			n.acknowledge(1)
		}
		n.cut() // nor is a connection that comes back at once
		n.be(func() { n.silent = false })
		synctest.Wait()
		stop()
		if s.uses() != 0 || f.Counters().Acked != 1100 {
			t.Errorf("the store was used %d times, %+v", s.uses(), f.Counters())
		}
	})
}

// TestBurstIsNotWritten: many may wait behind those in flight, as long as none waits for a
// second; a destination that takes longer does not keep up, and what waits is written.
func TestBurstIsNotWritten(t *testing.T) {
	for _, c := range []struct {
		name    string
		turn    int // frames acknowledged, and offered, each tenth of a second
		written bool
	}{{"keeps up", 32, false}, {"is too slow", 10, true}} {
		synctest.Test(t, func(t *testing.T) {
			n, s := newNetwork(), &fakeStore{}
			n.silent = true
			f, stop := keeping(t, n, s, Limits{}, quiet())
			synctest.Wait()
			const burst = 256
			offer(f, 0, burst)
			for i := range 50 {
				time.Sleep(100 * time.Millisecond)
				n.acknowledge(c.turn)
				offer(f, burst+i*c.turn, burst+(i+1)*c.turn)
			}
			synctest.Wait()
			if written := s.uses() > 0; written != c.written {
				t.Errorf("a destination that %s: the store was used %d times", c.name, s.uses())
			}
			n.be(func() { n.silent = false })
			n.acknowledge(burst)
			time.Sleep(5 * time.Second)
			stop()
			if k := f.Counters(); k.Acked != uint64(burst+50*c.turn) || k.Dropped != 0 {
				t.Errorf("a destination that %s: %+v", c.name, k)
			}
		})
	}
}

// TestHugeBurstIsWritten: more than a quarter of what memory holds does not wait for that.
func TestHugeBurstIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.silent = true
		f, stop := keeping(t, n, s, Limits{Frames: 1000}, quiet())
		synctest.Wait()
		offer(f, 0, 64+251)
		time.Sleep(stallLimit / 2)
		synctest.Wait()
		if s.uses() == 0 {
			t.Error("nothing was written")
		}
		n.be(func() { n.silent = false })
		n.acknowledge(315)
		time.Sleep(5 * time.Second)
		stop()
		if k := f.Counters(); k.Acked != 315 || k.Dropped != 0 {
			t.Errorf("%+v", k)
		}
	})
}

// TestOutageIsWritten within the interval, in few transactions, sent in order when the
// destination is back, and removed.
func TestOutageIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.leave()
		f, stop := keeping(t, n, s, Limits{InFlight: 8}, quiet())
		offer(f, 0, 10)
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		if got := s.numbers(); !slices.Equal(got, from(0, 10)) || s.appends != 1 {
			t.Errorf("a second after they came %v are written, in %d transactions", got, s.appends)
		}
		for i := range 10 {
			offer(f, 10+100*i, 110+100*i)
			time.Sleep(2 * time.Second)
		}
		if got := s.numbers(); !slices.Equal(got, from(0, 1010)) || s.appends > 30 {
			t.Errorf("%d frames are written, in %d transactions", len(got), s.appends)
		}
		if c := f.Counters(); c.Queued != 1010 || inMemory(f) > 3*8 {
			t.Errorf("%d frames are in memory, %+v", inMemory(f), c)
		}
		n.comeBack()
		synctest.Wait()
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, from(0, 1010)) {
			t.Errorf("sent %v", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got, c := s.numbers(), f.Counters(); len(got) != 0 || c.Acked != 1010 || c.Dropped != 0 || c.Queued != 0 {
			t.Errorf("left in the store %v, %+v", got, c)
		}
		before := s.uses()
		offer(f, 1010, 1050)
		time.Sleep(time.Hour)
		stop()
		if s.uses() != before {
			t.Error("the store is used after the outage")
		}
	})
}

// TestStallIsWritten at once, after a second without an acknowledgement.
func TestStallIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.silent = true
		f, stop := keeping(t, n, s, Limits{}, quiet())
		offer(f, 0, 5)
		time.Sleep(stallLimit - time.Millisecond)
		synctest.Wait()
		if len(s.numbers()) != 0 {
			t.Error("written too early")
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if got := s.numbers(); !slices.Equal(got, from(0, 5)) {
			t.Errorf("written %v", got)
		}
		n.acknowledge(3)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := s.numbers(); !slices.Equal(got, from(3, 5)) {
			t.Errorf("after three acknowledgements the store has %v", got)
		}
		n.acknowledge(2)
		stop()
		if got := s.numbers(); len(got) != 0 {
			t.Errorf("left %v", got)
		}
	})
}

// TestStopWritesTheRest, and the next start sends it first, marked as one that waited.
func TestStopWritesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.silent = true
		f, stop := keeping(t, n, s, Limits{InFlight: 4}, quiet())
		offer(f, 0, 500)
		synctest.Wait()
		n.acknowledge(2)
		synctest.Wait()
		stop()
		if got := s.numbers(); !slices.Equal(got, from(2, 500)) {
			t.Errorf("left in the store %v", got)
		}
		n = newNetwork()
		f, stop = keeping(t, n, s, Limits{InFlight: 4}, quiet())
		offer(f, 500, 503)
		synctest.Wait()
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, from(2, 503)) {
			t.Errorf("sent %v", got)
		}
		if !n.taken[0].Waited || n.taken[0].UplinkID != NewFrame(uplink(2)).UplinkID || n.taken[0].Context != NewFrame(uplink(2)).Context {
			t.Errorf("the first is %+v", n.taken[0])
		}
		stop()
		if c := f.Counters(); c.Restored != 498 || c.Offered != 3 || c.Acked != 501 || len(s.numbers()) != 0 {
			t.Errorf("%+v, left %v", c, s.numbers())
		}
	})
}

// TestStopOnAMachineThatStandsStill: the time for the last writing passes while nothing runs;
// it is tried again.
func TestStopOnAMachineThatStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.silent = true
		f, stop := keeping(t, n, s, Limits{InFlight: 4}, quiet())
		offer(f, 0, 50)
		synctest.Wait()
		held := make(chan struct{})
		s.slow = held
		time.AfterFunc(drainLimit+closeLimit+time.Second, func() { close(held) })
		stop()
		if got := s.numbers(); !slices.Equal(got, from(0, 50)) {
			t.Errorf("left in the store %v", got)
		}
	})
}

// TestStopWithAFullDisk: what is lost is told, all of it and nothing else.
func TestStopWithAFullDisk(t *testing.T) {
	for _, before := range []int{0, 100} {
		synctest.Test(t, func(t *testing.T) {
			var lines bytes.Buffer
			n, s := newNetwork(), &fakeStore{}
			n.silent = true
			f, stop := keeping(t, n, s, Limits{}, slog.New(slog.NewTextHandler(&lines, nil)))
			offer(f, 0, before)
			time.Sleep(2 * stallLimit)
			synctest.Wait()
			if got := s.numbers(); len(got) != before {
				t.Fatalf("written %v", got)
			}
			s.be(func() { s.full = true })
			offer(f, before, before+3*most)
			stop()
			if told := lines.String(); strings.Count(told, "lost with this stop") != 1 || !strings.Contains(told, fmt.Sprintf("frames=%d\n", 3*most)) {
				t.Errorf("%d frames on disk, %d not: said\n%s", before, 3*most, told)
			}
		})
	}
}

// TestFullDisk: frames wait in memory, the oldest dropped, until there is room again;
// both are told once.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		n, s := newNetwork(), &fakeStore{full: true}
		n.leave()
		f, stop := keeping(t, n, s, Limits{Frames: 100, InFlight: 4}, slog.New(slog.NewTextHandler(&lines, nil)))
		for i := range 300 {
			offer(f, i, i+1)
			time.Sleep(997 * time.Millisecond) // never when the disk is tried: another than the oldest may go then
		}
		if c := f.Counters(); c.Queued != 100 || c.Dropped != 200 || s.appends > 40 {
			t.Errorf("%+v after %d attempts to write", c, s.appends)
		}
		s.be(func() { s.full = false })
		time.Sleep(retryPause + time.Second)
		synctest.Wait()
		if got := s.numbers(); !slices.Equal(got, from(200, 300)) {
			t.Errorf("written %v", got)
		}
		n.comeBack()
		synctest.Wait()
		stop()
		if got := n.numbers(func() []*Frame { return n.acked }); !slices.Equal(got, from(200, 300)) || len(s.numbers()) != 0 {
			t.Errorf("acknowledged %v, left %v", got, s.numbers())
		}
		if told := lines.String(); strings.Count(told, "cannot be used") != 1 || strings.Count(told, "can be used again") != 1 {
			t.Errorf("said:\n%s", told)
		}
	})
}

// TestUnreadableDisk: what cannot be read is given up and counted; what came later
// goes on.
func TestUnreadableDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.leave()
		f, stop := keeping(t, n, s, Limits{InFlight: 4}, quiet())
		offer(f, 0, 100)
		time.Sleep(2 * time.Second)
		s.be(func() { s.broken = true })
		head := inMemory(f)
		n.comeBack()
		offer(f, 100, 110)
		time.Sleep(loadTries * 2 * retryPause)
		synctest.Wait()
		want := append(from(0, head), from(100, 110)...)
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		stop()
		if c := f.Counters(); c.Dropped != uint64(100-head) || c.Offered != c.Acked+c.Dropped {
			t.Errorf("%+v", c)
		}
	})
}

// TestStoreBound: what the store forgets because there is too much is counted.
func TestStoreBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{most: 50}
		n.leave()
		f, stop := keeping(t, n, s, Limits{InFlight: 4}, quiet())
		offer(f, 0, 200)
		time.Sleep(2 * time.Second)
		head := inMemory(f)
		n.comeBack()
		synctest.Wait()
		want := append(from(0, head), from(150, 200)...)
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		stop()
		if c := f.Counters(); c.Dropped != uint64(150-head) || c.Offered != c.Acked+c.Dropped {
			t.Errorf("%+v", c)
		}
	})
}

// TestLittleMemory: limits that are too small for a store do not cost frames.
func TestLittleMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{}
		n.leave()
		f, stop := keeping(t, n, s, Limits{Frames: 1, Bytes: 1, InFlight: 4}, quiet())
		for i := range 100 {
			offer(f, i, i+1)
			time.Sleep(100 * time.Millisecond)
		}
		n.comeBack()
		synctest.Wait()
		stop()
		if c := f.Counters(); c.Acked != 100 || c.Dropped != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// TestAcknowledgedWhileWritten: a frame that is acknowledged while it is being written
// is not kept.
func TestAcknowledgedWhileWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := newNetwork(), &fakeStore{slow: make(chan struct{})}
		n.silent = true
		f, stop := keeping(t, n, s, Limits{}, quiet())
		offer(f, 0, 5)
		time.Sleep(stallLimit + time.Millisecond)
		synctest.Wait() // Append has begun
		n.acknowledge(3)
		synctest.Wait()
		close(s.slow)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := s.numbers(); !slices.Equal(got, from(3, 5)) {
			t.Errorf("the store has %v", got)
		}
		n.acknowledge(2)
		stop()
		if c := f.Counters(); c.Acked != 5 || len(s.numbers()) != 0 {
			t.Errorf("%+v, left %v", c, s.numbers())
		}
	})
}
