package device

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// TestFleet: the same devices do the same at the same times, whether a test or a
// fleet's clock wakes them.
func TestFleet(t *testing.T) {
	const many, long = 50, 10 * time.Minute
	type deed struct {
		device int
		start  time.Duration
		f      radio.Hertz
	}
	make1 := func() (list []*Device) {
		plan, err := radio.PlanNamed("EU868")
		if err != nil {
			t.Fatal(err)
		}
		for i := range many {
			d, err := New(Config{Credentials: otaa.CredentialsOf(1, uint32(i)), Plan: plan, Rate: i % 6, Seed: uint64(i)})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, d)
		}
		return list
	}
	want := map[deed]bool{}
	for i, d := range make1() {
		for d.Next() <= long {
			for _, a := range d.Step(d.Next(), Tick{}) {
				if sent, ok := a.(Transmit); ok {
					want[deed{i, sent.Start, sent.Frequency}] = true
				}
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		got := 0
		f := NewFleet(make1(), func(device int, a Action) {
			if sent, ok := a.(Transmit); ok {
				got++
				if !want[deed{device, sent.Start, sent.Frequency}] {
					t.Errorf("device %d at %v", device, sent.Start)
				}
			}
		})
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), long+time.Microsecond)
		defer cancel()
		if err := f.Run(ctx, func() time.Duration { return time.Since(begin) }); err != nil {
			t.Fatal(err)
		}
		if sum, joined := f.Counts(); got != len(want) || got < 3*many || sum.Transmissions != got || joined != 0 {
			t.Errorf("%d transmissions, want %d; %+v", got, len(want), sum)
		}
	})
}

// TestFleetHears: a device that joined is due earlier than it was.
func TestFleetHears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer(t, "EU868", nil)
		var accepted time.Duration
		begin := time.Now()
		clock := func() time.Duration { return time.Since(begin) }
		sent := make(chan Transmit, 10)
		f := NewFleet([]*Device{p.device}, func(_ int, a Action) {
			if one, ok := a.(Transmit); ok {
				sent <- one
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx, clock) }()
		request := <-sent
		payload := p.acceptFrame(request.Payload, nil)
		start := request.End + otaa.JoinDelay
		m, _ := otaa.AnswerRate(p.plan, request.Modulation)
		end := start + m.TimeOnAir(len(payload))
		time.Sleep(end - clock())
		f.Hear(0, clock(), Heard{Start: start, Frequency: request.Frequency, Modulation: m, Payload: payload})
		accepted = clock()
		data := <-sent
		if _, joined := f.Counts(); joined != 1 || data.Message.Join || data.Start-accepted > defaultPeriod {
			t.Errorf("%+v", data)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// Who looked at the clock before another but came after it does not turn it back.
func TestFleetTimeNeverGoesBack(t *testing.T) {
	p := newPeer(t, "EU868", func(c *Config) { c.JoinSpread = time.Millisecond })
	f := NewFleet([]*Device{p.device}, func(int, Action) {})
	f.tick(func() time.Duration { return time.Second })
	f.Hear(0, 500*time.Millisecond, Heard{})
	if f.latest != time.Second {
		t.Errorf("told %v after a second", f.latest)
	}
}
