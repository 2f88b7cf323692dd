package demo

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// mast notes what is injected, and when.
type mast struct {
	mu    sync.Mutex
	begun time.Time
	heard []string
	err   error
}

func (m *mast) Inject(_ context.Context, f emulator.Frame) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, string(f.Payload)+" "+time.Since(m.begun).String())
	return m.err
}

// injection is an injector for frames at the given times, and what hears them.
func injection(speed Speed, most time.Duration, at ...time.Duration) (*injector, *mast) {
	s := Script{Hotspots: []radio.EUI{tested}}
	for i, t := range at {
		r := reception(string(rune('a' + i)))
		r.At = t
		s.Receptions = append(s.Receptions, r)
	}
	m := &mast{begun: time.Now()}
	return &injector{script: s, speed: speed, most: most, checker: newChecker(), window: newWindow(s.Hotspots, underwayAll),
		antennas: map[radio.EUI]antenna{tested: m}}, m
}

func TestInjectorKeepsPace(t *testing.T) {
	for _, c := range []struct {
		name  string
		speed Speed
		most  time.Duration
		want  []string
	}{
		{"real time", 1, 0, []string{"a 0s", "b 1s", "c 1s", "d 1m0s"}},
		{"faster", 10, 0, []string{"a 0s", "b 100ms", "c 100ms", "d 6s"}},
		{"max", SpeedMax, 0, []string{"a 0s", "b 0s", "c 0s", "d 0s"}},
		{"for a while", 1, 30 * time.Second, []string{"a 0s", "b 1s", "c 1s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, m := injection(c.speed, c.most, 0, time.Second, time.Second, time.Minute)
				if err := in.run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, m.heard); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if n := len(c.want); int(in.injected.Load()) != n || in.checker.state().Expected != n {
					t.Errorf("%d injected, %d expected, want %d", in.injected.Load(), in.checker.state().Expected, n)
				}
			})
		})
	}
}

// The same bytes at the same hotspot never come in the same microsecond.
func TestInjectorSetsRepeatsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, m := injection(SpeedMax, 0, 0, 0, 0)
		in.script.Receptions[2].Frame.Payload = []byte("a")
		if err := in.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a 0s", "b 0s", "a 1ms"}, m.heard); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// More frames than the window holds are injected only as frames arrive.
func TestInjectorWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const more = 10
		in, m := injection(SpeedMax, 0, make([]time.Duration, underwayEach+more)...)
		done := make(chan error)
		go func() { done <- in.run(t.Context()) }()
		for taken := range more {
			synctest.Wait()
			if got := len(m.heard); got != underwayEach+taken {
				t.Fatalf("%d injected after %d have arrived", got, taken)
			}
			in.window.leave(tested)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestInjectorFails(t *testing.T) {
	in, m := injection(SpeedMax, 0, 0, 0)
	m.err = &emulator.NotHeardError{Frequency: 868_100_000, Reason: "the test"}
	var unheard *emulator.NotHeardError
	if err := in.run(t.Context()); !errors.As(err, &unheard) || !strings.Contains(err.Error(), tested.String()) {
		t.Errorf("error %v", err)
	}
}

func TestInjectorEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, m := injection(1, 0, 0, time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := in.run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if len(m.heard) != 1 {
			t.Errorf("%v", m.heard)
		}
	})
}
