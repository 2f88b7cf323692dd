package ingest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"hexspot/radio"
	"hexspot/witness"
)

// gated is a journal that lets nothing through before it is told so, and that takes a record once,
// as the real one does by its id.
type gated struct {
	*rig
	leave chan error
}

func (g gated) Keep(ctx context.Context, r Report) error {
	if err := <-g.leave; err != nil {
		return err
	}
	return g.rig.Keep(ctx, r)
}

// TestOneRecordFromTwoSessions: a record that comes twice at once is journaled once, and both
// are told the time that the journal has; when the first cannot be kept the second is.
func TestOneRecordFromTwoSessions(t *testing.T) {
	for name, first := range map[string]error{"kept": nil, "not kept": errDisk} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, nil)
				g := gated{r, make(chan error)}
				r.i.journal = g
				payload := r.sign(radio.KindBeacon, beacon(3035, now)).Append(nil)
				var answers [2]Answer
				var faults [2]error
				for n, done := range []*Answer{&answers[0], &answers[1]} {
					go func() { *done, faults[n] = r.take("beacon", payload, now+7*witness.Millis(n)) }()
					synctest.Wait()
				}
				g.leave <- first
				if first != nil {
					g.leave <- nil
				}
				synctest.Wait()
				want := now
				if first != nil {
					want += 7
				}
				if len(r.kept) != 1 || len(r.placed) != 1 || r.kept[0].Received != want || !errors.Is(faults[0], first) || faults[1] != nil {
					t.Fatalf("journaled %d times, placed %d times; %v", len(r.kept), len(r.placed), faults)
				}
				for n, a := range answers {
					if faults[n] == nil && (a.Refusal != nil || a.Receipt.Received != r.kept[0].Received) {
						t.Errorf("session %d is told %+v, the journal has %d", n, a, r.kept[0].Received)
					}
				}
				if c := r.i.Counts(); c.Taken != 1 || c.Again+c.Failed != 1 || len(r.i.turns.busy)+len(r.i.pending) != 0 {
					t.Errorf("%+v, %d and %d still open", c, len(r.i.turns.busy), len(r.i.pending))
				}
				for _, used := range r.i.quota.used[101] {
					if used != 1 {
						t.Errorf("it took %d of the quota", used)
					}
				}
			})
		})
	}
}

// TestWaitingForATurnEnds: with its session.
func TestWaitingForATurnEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		payload := r.sign(radio.KindBeacon, beacon(3035, now)).Append(nil)
		g := gated{r, make(chan error)}
		r.i.journal = g
		go func() { _, _ = r.take("beacon", payload, now) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		var fault error
		go func() { _, fault = r.i.Take(ctx, Message{r.station, "beacon", payload}, now) }()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if !errors.Is(fault, context.Canceled) {
			t.Error(fault)
		}
		g.leave <- nil
		synctest.Wait()
		if len(r.kept) != 1 || len(r.i.turns.busy) != 0 {
			t.Errorf("journaled %d times, %d still open", len(r.kept), len(r.i.turns.busy))
		}
	})
}
