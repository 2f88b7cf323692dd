package demo

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// antenna is where a frame enters a concentrator; it waits while there is no room.
type antenna interface {
	Inject(context.Context, emulator.Frame) error
}

// injector puts a script on the air.
type injector struct {
	script   Script
	speed    Speed
	most     time.Duration // no frame is injected later; 0: no limit
	antennas map[radio.EUI]antenna
	window   *window
	checker  *checker

	injected atomic.Int64
	bad      atomic.Int64 // of them, without a good CRC
}

// run injects each hotspot's frames in their order, all hotspots at the same time.
func (in *injector) run(ctx context.Context) error {
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for eui, own := range in.script.byHotspot() {
		group.Go(func() error { return in.feed(ctx, start, in.antennas[eui], own) })
	}
	return group.Wait()
}

// repeatGap is how long after a frame the same bytes may come again: records have
// frames that a hotspot heard twice, and in the same microsecond the two would be
// one uplink.
const repeatGap = time.Millisecond

func (in *injector) feed(ctx context.Context, start time.Time, to antenna, own []Reception) error {
	heard := map[string]time.Time{} // when a payload was injected last
	for _, r := range own {
		due := in.speed.due(r.At)
		if in.most > 0 && max(due, time.Since(start)) > in.most {
			return nil
		}
		at, payload := start.Add(due), string(r.Frame.Payload)
		if last, again := heard[payload]; again {
			at = later(at, last.Add(repeatGap))
		}
		if err := waitUntil(ctx, at); err != nil {
			return err
		}
		if err := in.inject(ctx, to, r); err != nil {
			return fmt.Errorf("injecting a frame into hotspot %s: %w", r.Hotspot, err)
		}
		heard[payload] = time.Now()
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func (in *injector) inject(ctx context.Context, to antenna, r Reception) error {
	if r.Good() {
		if err := in.window.enter(ctx, r.Hotspot); err != nil {
			return err
		}
	}
	in.checker.expect(r)
	if err := to.Inject(ctx, r.Frame); err != nil {
		return err
	}
	in.injected.Add(1)
	if !r.Good() {
		in.bad.Add(1)
	}
	return nil
}

func until(ctx context.Context, done func() bool) error {
	for !done() {
		if err := waitUntil(ctx, time.Now().Add(lookPeriod)); err != nil {
			return err
		}
	}
	return nil
}

func waitUntil(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 {
		return ctx.Err()
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
