package bench

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/hardware/emulator"
)

// load is a stretch of uplinks at a rate.
type load struct {
	rate  int // a second; 0: as fast as they are taken
	count int
}

// cost is what a load has cost the hotspot.
type cost struct {
	perUplink time.Duration // CPU
	rate      float64       // uplinks a second, chip to MQTT
	memory    memory        // right after
}

// Bounds of a load.
const (
	underway    = 256              // frames injected and not yet received
	feeders     = 4                // connections to the emulator, at full speed
	loadTimeout = 60 * time.Second // for all of it
	feedLook    = time.Millisecond
)

// apply puts a load on the hotspot and waits for the last uplink to arrive.
func (r *rig) apply(ctx context.Context, hotspot *process, l load, frames []emulator.Frame) (cost, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, loadTimeout, fmt.Errorf("a load of %d frames is not through after %v", l.count, loadTimeout))
	defer cancel()
	from := r.received.Load()
	before, err := cpu(hotspot.id())
	if err != nil {
		return cost{}, err
	}
	begun := time.Now()
	if err := r.feed(ctx, l, frames, from); err != nil {
		return cost{}, err
	}
	if err := r.await(ctx, from+int64(l.count)); err != nil {
		return cost{}, err
	}
	took := time.Since(begun)
	after, err := cpu(hotspot.id())
	if err != nil {
		return cost{}, err
	}
	m, err := memoryOf(hotspot.id())
	return cost{(after - before) / time.Duration(l.count), float64(l.count) / took.Seconds(), m}, err
}

// feed injects in step with the clock, or, by several connections, with what is
// received.
func (r *rig) feed(ctx context.Context, l load, frames []emulator.Frame, from int64) error {
	lanes := 1
	if l.rate == 0 {
		lanes = feeders
	}
	begun := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for lane := range lanes {
		group.Go(func() error {
			for i := lane; i < l.count; i += lanes {
				if err := r.turn(ctx, l, begun, i, from); err != nil {
					return err
				}
				if err := emulator.ControlInject(ctx, r.control, frames[i%len(frames)]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// turn waits until frame i may be injected.
func (r *rig) turn(ctx context.Context, l load, begun time.Time, i int, from int64) error {
	if l.rate == 0 {
		return r.await(ctx, from+int64(i-underway))
	}
	return sleep(ctx, time.Until(begun.Add(time.Duration(i)*time.Second/time.Duration(l.rate))))
}

// await waits until so many have been received.
func (r *rig) await(ctx context.Context, count int64) error {
	for r.received.Load() < count {
		if err := sleep(ctx, feedLook); err != nil {
			return err
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
