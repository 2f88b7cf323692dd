package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// forwarding runs a forwarder in a synctest bubble.
func forwarding(t *testing.T, n *fakeNetwork, limits Limits, log *slog.Logger) (f *Forwarder, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f = NewForwarder(n, limits, log)
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the forwarder ends with %v", err)
		}
	}
}

func offer(f *Forwarder, from, to int) {
	for i := from; i < to; i++ {
		f.Offer(NewFrame(uplink(i)))
	}
}

func upTo(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

func TestForwardsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 300)
		synctest.Wait()
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, upTo(300)) {
			t.Errorf("sent %v", got)
		}
		stop()
		want := Counters{Offered: 300, Acked: 300, Sent: 300}
		if got := f.Counters(); got != want {
			t.Errorf("counters %+v, want %+v", got, want)
		}
	})
}

// TestCutResends: what was in flight is sent again, the same and in order.
func TestCutResends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.silent = true
		f, stop := forwarding(t, n, Limits{InFlight: 4}, quiet())
		offer(f, 0, 10)
		synctest.Wait()
		n.acknowledge(2)
		synctest.Wait()
		if c := f.Counters(); c.InFlight != 4 || c.Acked != 2 || c.Sent != 6 {
			t.Errorf("before the cut: %+v", c)
		}
		n.cut()
		n.be(func() { n.silent = false })
		synctest.Wait()
		want := []int{0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7, 8, 9}
		if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		if n.taken[2] != n.taken[6] {
			t.Error("the frame sent again is another one")
		}
		stop()
	})
}

// TestSilentNetwork: a connection on which nothing is acknowledged is given up.
func TestSilentNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.silent = true
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 1)
		time.Sleep(ackLimit - time.Second)
		synctest.Wait()
		if n.sessions != 1 {
			t.Errorf("%d sessions before the limit", n.sessions)
		}
		n.be(func() { n.silent = false })
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n.sessions != 2 || f.Counters().Acked != 1 {
			t.Errorf("%d sessions, %+v", n.sessions, f.Counters())
		}
		stop()
	})
}

// TestSendFails: a frame that the network does not take is sent in the next session,
// those before it, which the network has acknowledged, are not.
func TestSendFails(t *testing.T) {
	for at := 1; at <= 4; at++ {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.away, n.refuseIn = make(chan struct{}), at
			f, stop := forwarding(t, n, Limits{}, quiet())
			offer(f, 0, 4) // all of them are sent at one go
			close(n.away)
			synctest.Wait()
			if got := n.numbers(func() []*Frame { return n.taken }); !slices.Equal(got, upTo(4)) {
				t.Errorf("refused at %d: sent %v", at, got)
			}
			stop()
			if n.sessions != 2 || f.Counters().Acked != 4 {
				t.Errorf("refused at %d: %d sessions, %+v", at, n.sessions, f.Counters())
			}
		})
	}
}

// TestStopWaitsForAcknowledgements, but not for ever.
func TestStopWaitsForAcknowledgements(t *testing.T) {
	for _, c := range []struct {
		name   string
		after  time.Duration
		acked  uint64
		atMost time.Duration
	}{
		{"in time", drainLimit / 2, 5, drainLimit/2 + time.Millisecond},
		{"too late", 2 * drainLimit, 0, drainLimit + time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.silent = true
				f, stop := forwarding(t, n, Limits{}, quiet())
				offer(f, 0, 5)
				synctest.Wait()
				timer := time.AfterFunc(c.after, func() { n.acknowledge(5) })
				defer timer.Stop()
				start := time.Now()
				stop()
				if took := time.Since(start); took > c.atMost {
					t.Errorf("stopping took %v", took)
				}
				if got := f.Counters().Acked; got != c.acked {
					t.Errorf("%d acknowledged, want %d", got, c.acked)
				}
			})
		})
	}
}

func TestFinalError(t *testing.T) {
	n := newNetwork()
	n.final = errors.New("no such protocol")
	err := NewForwarder(n, Limits{}, quiet()).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "connecting to fake: no such protocol") {
		t.Errorf("error %v", err)
	}
}

func TestStopsWhileAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.away = make(chan struct{})
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 3)
		synctest.Wait()
		stop()
		if f.Counters().Queued != 3 {
			t.Errorf("%+v", f.Counters())
		}
	})
}

// TestOutageIsToldOnce: what was dropped is logged when the network is back.
func TestOutageIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		n := newNetwork()
		n.away = make(chan struct{})
		f, stop := forwarding(t, n, Limits{Frames: 70}, slog.New(slog.NewTextHandler(&lines, nil)))
		offer(f, 0, 100)
		close(n.away)
		synctest.Wait()
		n.cut()
		synctest.Wait()
		stop()
		if got := strings.Count(lines.String(), "frames=30"); got != 1 || strings.Count(lines.String(), "dropped") != 1 {
			t.Errorf("want one line about 30 dropped frames in:\n%s", lines.String())
		}
	})
}

func TestQueueLimits(t *testing.T) {
	size := int(func() int { f := NewFrame(uplink(0)); return f.size() }())
	for _, c := range []struct {
		name   string
		limits Limits
		want   []int // left of 100 frames, of which the first two are in flight
	}{
		{"frames", Limits{Frames: 5, InFlight: 2}, []int{0, 1, 97, 98, 99}},
		{"bytes", Limits{Bytes: 4*size + 1, InFlight: 2}, []int{0, 1, 98, 99}},
		{"one always fits", Limits{Bytes: 1, InFlight: 2}, []int{0, 1, 99}},
		{"frames more than in flight", Limits{Frames: 1, InFlight: 2}, []int{0, 1, 99}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newQueue(c.limits)
			for i := range 100 {
				f := NewFrame(uplink(i))
				q.push(&f)
				if i < 2 {
					q.next()
				}
			}
			var left []int
			for _, f := range q.frames {
				left = append(left, number(f))
			}
			if !slices.Equal(left, c.want) {
				t.Errorf("left %v, want %v", left, c.want)
			}
			if q.bytes != len(left)*size || q.counters.Dropped != uint64(100-len(left)) {
				t.Errorf("%d bytes, %d dropped", q.bytes, q.counters.Dropped)
			}
		})
	}
}

// TestNothingIsLost lets a network accept, acknowledge, refuse and vanish in any
// order. In the end each frame was acknowledged once, in order, and never sent
// again after that.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"offer", "ack", "cut", "silent", "talk", "refuse", "leave", "return"}), 1, 60).Draw(r, "steps")
		window := rapid.IntRange(1, 8).Draw(r, "window")
		var acked, taken []*Frame
		var counters Counters
		offered := 0
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			f, stop := forwarding(t, n, Limits{InFlight: window}, quiet())
			for _, step := range steps {
				switch step {
				case "offer":
					offer(f, offered, offered+5)
					offered += 5
				case "ack":
					n.acknowledge(2)
				case "cut":
					n.cut()
				case "silent", "talk":
					n.be(func() { n.silent = step == "silent" })
				case "refuse":
					n.be(func() { n.refuseIn = 1 })
				case "leave", "return":
					n.be(func() {
						select {
						case <-n.away:
							if step == "leave" {
								n.away = make(chan struct{})
							}
						default:
							if step == "return" {
								close(n.away)
							}
						}
					})
				}
				synctest.Wait()
			}
			n.be(func() {
				n.silent, n.refuseIn = false, 0
				select {
				case <-n.away:
				default:
					close(n.away)
				}
			})
			n.cut()
			offer(f, offered, offered+1)
			offered++
			synctest.Wait()
			stop()
			acked, taken, counters = n.acked, n.taken, f.Counters()
		})
		for i, f := range acked {
			if number(f) != i {
				r.Fatalf("acknowledgement %d is of frame %d", i, number(f))
			}
		}
		if len(acked) != offered || counters.Acked != uint64(offered) || counters.Queued != 0 || counters.Sent < uint64(len(taken)) {
			r.Fatalf("%d of %d frames acknowledged: %+v", len(acked), offered, counters)
		}
	})
}

func BenchmarkForward(b *testing.B) {
	n := newNetwork()
	ctx, cancel := context.WithCancel(context.Background())
	f := NewForwarder(n, Limits{}, quiet())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	r := &Router{Forwarders: []*Forwarder{f}, Statistics: NewStatistics()}
	u := uplink(1)
	b.ReportAllocs()
	for b.Loop() {
		r.route(u)
	}
	b.StopTimer()
	cancel()
	<-done
}
