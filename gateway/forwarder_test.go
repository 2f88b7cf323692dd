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

// TestLostConnectionIsNoticed while nothing is in flight, and while what is in flight
// is left without an answer.
func TestLostConnectionIsNoticed(t *testing.T) {
	for _, inFlight := range []int{0, 3} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.silent, n.mute = true, true
			f, stop := forwarding(t, n, Limits{}, quiet())
			offer(f, 0, inFlight)
			synctest.Wait()
			n.be(func() { n.silent = false })
			n.cut()
			synctest.Wait() // no time passes
			if c := f.Counters(); n.sessions != 2 || c.Acked != uint64(inFlight) {
				t.Errorf("%d in flight: %d sessions, %+v", inFlight, n.sessions, c)
			}
			stop()
		})
	}
}

// TestSilentNetwork: a connection on which nothing is acknowledged for 30 s is given up.
func TestSilentNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.silent = true
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 1)
		time.Sleep(29 * time.Second)
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

// TestSlowNetworkIsKept: each acknowledgement gives the next one its time, and a
// network that owes nothing may be silent for ever.
func TestSlowNetworkIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.silent = true
		f, stop := forwarding(t, n, Limits{}, quiet())
		for round := range 2 {
			offer(f, 4*round, 4*round+4)
			synctest.Wait()
			for range 4 {
				time.Sleep(ackLimit - time.Second)
				n.acknowledge(1)
				synctest.Wait()
			}
			time.Sleep(10 * ackLimit)
		}
		stop()
		want := Counters{Offered: 8, Acked: 8, Sent: 8}
		if got := f.Counters(); got != want || n.sessions != 1 {
			t.Errorf("%d sessions, counters %+v, want %+v", n.sessions, got, want)
		}
	})
}

// TestAcknowledgedAtTheEnd: an acknowledgement that comes while the connection is
// being closed counts.
func TestAcknowledgedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.silent, n.generous = true, true
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 3)
		time.Sleep(ackLimit + time.Second)
		synctest.Wait()
		if c := f.Counters(); n.sessions != 2 || c.Acked != 2 || c.InFlight != 1 {
			t.Errorf("%d sessions, %+v", n.sessions, c)
		}
		stop()
		if len(n.again) != 0 {
			t.Errorf("%d frames were sent again", len(n.again))
		}
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

func TestFinalError(t *testing.T) {
	n := newNetwork()
	n.final = errors.New("no such protocol")
	err := NewForwarder(n, Limits{}, quiet()).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "connecting to fake: no such protocol") {
		t.Errorf("error %v", err)
	}
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
