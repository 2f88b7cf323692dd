package demo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
)

func fakeSession(t *testing.T, b fakeBox) *session {
	t.Helper()
	s := newSession(Config{}.withDefaults(), Script{Hotspots: []radio.EUI{tested}})
	s.fleet = fakeFleet(t, b)
	return s
}

func TestWatchFailsWhenNothingMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakeSession(t, fakeBox{})
		s.checker.expect(reception("a"))
		begun := time.Now()
		err := s.watch(t.Context())
		if err == nil || !strings.Contains(err.Error(), "1 of 1 frames have not arrived") {
			t.Errorf("error %v", err)
		}
		if took := time.Since(begun); took < stallTimeout || took > stallTimeout+3*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

// A quiet record is no stall: nothing is on its way.
func TestWatchWaitsForAQuietScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakeSession(t, fakeBox{})
		s.checker.expect(reception("a"))
		take(t, s.checker, uplink("a", 1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := s.watch(ctx); err != nil {
			t.Errorf("error %v", err)
		}
	})
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name string
		did  counts
		run  func(*testing.T, *session)
		want string // in the error; empty: none
	}{
		{"as it should be", counts{Read: 1, Acked: 1}, func(t *testing.T, s *session) { take(t, s.checker, uplink("a", 1)) }, ""},
		{"missing", counts{Read: 1, Acked: 0}, func(*testing.T, *session) {}, "1 of 1 good frames have not arrived"},
		{"twice", counts{Read: 1, Acked: 1}, func(t *testing.T, s *session) {
			take(t, s.checker, uplink("a", 1))
			take(t, s.checker, uplink("a", 1))
		}, "not what was on the air"},
		{"not read", counts{Read: 0, Acked: 1}, func(t *testing.T, s *session) { take(t, s.checker, uplink("a", 1)) }, "read 0 of 1"},
		{"not acknowledged", counts{Read: 1, Acked: 0}, func(t *testing.T, s *session) { take(t, s.checker, uplink("a", 1)) }, "1 frames arrived, but 0 were acknowledged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := fakeSession(t, fakeBox{counts: c.did})
			s.checker.expect(reception("a"))
			s.injector.injected.Add(1)
			c.run(t, s)
			err := s.faults()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if sum := s.summary(err); sum.Passed != (err == nil) || sum.Missing != sum.Expected-sum.Matched {
				t.Errorf("%+v", sum)
			}
		})
	}
	if err := fakeSession(t, fakeBox{}).faults(); err == nil {
		t.Error("a demo without frames has passed")
	}
}

func TestBackgroundPartFails(t *testing.T) {
	ctx, fail := context.WithCancelCause(t.Context())
	broken := errors.New("a broken part")
	stop := background(ctx, fail, func(context.Context) error { return broken })
	<-ctx.Done()
	stop()
	if context.Cause(ctx) != broken {
		t.Errorf("cause %v", context.Cause(ctx))
	}
}

// Parts stop when they are told to, not when the user wants all to end.
func TestBackgroundPartIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := false
		stop := background(ctx, cancel, func(own context.Context) error {
			<-own.Done()
			ended = true
			return own.Err()
		})
		cancel(errors.New("the user's wish"))
		synctest.Wait()
		if ended {
			t.Error("the part ends before it is stopped")
		}
		stop()
		if !ended {
			t.Error("stop has not waited")
		}
	})
}
