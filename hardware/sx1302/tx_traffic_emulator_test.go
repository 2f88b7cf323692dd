package sx1302_test

import (
	"context"
	"fmt"
	"strings"
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
	exchanges, loads, operations int
}

func (b *countingBus) Do(ctx context.Context, ops ...hardware.Op) error {
	b.exchanges++
	for _, op := range ops {
		if op.Address == 0x5200 && op.Value != 0 {
			b.loads++
			b.operations = len(ops)
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
		began := bus.exchanges
		time.Sleep(period)
		idle := bus.exchanges - began

		began = bus.exchanges
		until := time.Now().Add(period)
		d := at(downlink("counted"), r.c.Now().Add(period-time.Second))
		r.mustMatch(d, r.c.Send(t.Context(), d), r.sent())
		time.Sleep(time.Until(until))
		if more := bus.exchanges - began - idle; idle != 400 || more != 3 || bus.loads != 1 || bus.operations > 40 {
			t.Errorf("%d exchanges, %d more with a frame; loaded %d times with %d operations", idle, more, bus.loads, bus.operations)
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
