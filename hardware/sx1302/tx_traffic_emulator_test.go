package sx1302_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// countingBus counts exchanges, which are what a bus over USB takes its time for.
type countingBus struct {
	hardware.Bus
	exchanges, loads, operations atomic.Int64
}

func (b *countingBus) Do(ctx context.Context, ops ...hardware.Op) error {
	b.exchanges.Add(1)
	for _, op := range ops {
		if op.Address == 0x5200 && op.Value != 0 {
			b.loads.Add(1)
			b.operations.Store(int64(len(ops)))
		}
	}
	return b.Bus.Do(ctx, ops...)
}

// A load is one exchange; and a poll is one while a frame is loaded or on the air, as
// it is while none is. Two more looks fall between polls, in the middle of the frame
// and after its end.
func TestExchangesOfATransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		bus := new(countingBus)
		r.wrap = func(b hardware.Bus) hardware.Bus { bus.Bus = b; return bus }
		r.run()
		defer r.end()
		r.ready()
		const period = 4 * time.Second // twice that is before the look at the chip's health
		time.Sleep(3 * time.Millisecond)
		began := bus.exchanges.Load()
		time.Sleep(period)
		idle := bus.exchanges.Load() - began

		began = bus.exchanges.Load()
		until := time.Now().Add(period)
		d := at(downlink("counted"), r.c.Now().Add(period-time.Second))
		r.mustMatch(d, r.c.Send(t.Context(), d), r.sent())
		time.Sleep(time.Until(until))
		if more := bus.exchanges.Load() - began - idle; idle != 400 || more != 3 || bus.loads.Load() != 1 || bus.operations.Load() > 40 {
			t.Errorf("%d exchanges, %d more with a frame; loaded %d times with %d operations", idle, more, bus.loads.Load(), bus.operations.Load())
		}
	})
}

// Frames are sent and judged while nobody takes uplinks and the chip is full of them.
func TestTransmissionUnderBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		const frames = 400
		injected := make(chan struct{})
		go func() {
			defer close(injected)
			for i := range frames {
				r.inject(fmt.Sprintf("%03d %s", i, strings.Repeat("x", 80)))
			}
		}()
		time.Sleep(25 * time.Second)
		for range 10 {
			d := at(downlink("sent all the same"), r.c.Now().Add(50*time.Millisecond))
			r.mustMatch(d, r.c.Send(t.Context(), d), r.sent())
		}
		for range frames {
			r.receive()
		}
		<-injected
	})
}

// A chip that knows no GPS time, because the host's clock is not to be trusted.
func TestNoGPSWithoutHostClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, func(c *sx1302.Config) { c.Now = nil })
		defer r.end()
		time.Sleep(10 * time.Second)
		if ref, ok := r.c.GPS(); ok || ref != (radio.GPSReference{}) {
			t.Errorf("%+v", ref)
		}
	})
}

// BenchmarkSend loads frames of 255 bytes into an emulated chip in process, and
// aborts them a millisecond later.
func BenchmarkSend(b *testing.B) {
	chip := strictChip(b, emulator.Config{Temperature: 25})
	c, err := sx1302.New(func(context.Context) (hardware.Bus, error) { return chip.Bus(), nil },
		sx1302.Config{Plan: plan(b, "EU868"), Firmware: firmware(b)}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	if _, err := c.Ready(ctx); err != nil {
		b.Fatal(err)
	}
	d := downlink(strings.Repeat("x", 255))
	var total time.Duration
	for b.Loop() {
		asked := c.Now()
		once, end := context.WithCancel(ctx)
		d.Trigger.At = asked.Add(time.Second)
		stop := time.AfterFunc(time.Millisecond, end)
		e := c.Send(once, d)
		stop.Stop()
		end()
		took, _ := e.Loaded.Sub(asked)
		total += took
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs-to-chip")
	cancel()
	<-done
}
