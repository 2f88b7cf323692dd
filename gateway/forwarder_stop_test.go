package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

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
				if took := time.Since(start); took > c.atMost || took > time.Second {
					t.Errorf("stopping took %v", took)
				}
				if got := f.Counters().Acked; got != c.acked {
					t.Errorf("%d acknowledged, want %d", got, c.acked)
				}
			})
		})
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

// TestStopDoesNotWaitForALostConnection: what is in flight when a connection is
// lost is never acknowledged, whether the network says so or not.
func TestStopDoesNotWaitForALostConnection(t *testing.T) {
	for _, mute := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.silent, n.mute = true, mute
			f, stop := forwarding(t, n, Limits{}, quiet())
			offer(f, 0, 5)
			synctest.Wait()
			time.AfterFunc(drainLimit/4, func() { n.acknowledge(2) })
			time.AfterFunc(drainLimit/2, n.cut)
			start := time.Now()
			stop()
			if took := time.Since(start); took != drainLimit/2 {
				t.Errorf("mute %v: stopping took %v, want %v", mute, took, drainLimit/2)
			}
			if got, want := f.Counters(), (Counters{Offered: 5, Acked: 2, Sent: 5, Queued: 3}); got != want || n.sessions != 1 {
				t.Errorf("mute %v: %d sessions, counters %+v, want %+v", mute, n.sessions, got, want)
			}
		})
	}
}

// TestStopsWhileSending: a connection that takes nothing does not delay the stop.
func TestStopsWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.stuck = true
		f, stop := forwarding(t, n, Limits{}, quiet())
		offer(f, 0, 5)
		synctest.Wait()
		start := time.Now()
		stop()
		if took := time.Since(start); took > drainLimit {
			t.Errorf("stopping took %v", took)
		}
		if c := f.Counters(); c.Queued != 5 || c.InFlight != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// deaf is a network whose Connect succeeds after the stop.
type deaf struct{ *fakeNetwork }

func (d deaf) Connect(ctx context.Context) (Session, error) {
	<-ctx.Done()
	return d.fakeNetwork.Connect(context.WithoutCancel(ctx))
}

// TestLateConnectionIsClosed and not used.
func TestLateConnectionIsClosed(t *testing.T) {
	n := newNetwork()
	f := NewForwarder(deaf{n}, Limits{}, quiet())
	offer(f, 0, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Run(ctx); err != nil {
		t.Error(err)
	}
	if n.session == nil || !n.session.closed || len(n.taken) != 0 {
		t.Errorf("session %+v, sent %d", n.session, len(n.taken))
	}
}
