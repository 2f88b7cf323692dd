package spi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warthog618/go-gpiocdev"

	"hexspot/hardware"
)

// lines are the host's GPIO lines, or a test's.
type lines interface {
	Set(pin int, high bool) error
	Close() error
}

// settle is the pause after each step of a reset (vendors' reset scripts).
const settle = 100 * time.Millisecond

// pulse powers a board and resets its chips; pins that it lacks are left out.
func pulse(ctx context.Context, l lines, pins hardware.Pins) error {
	for _, step := range []struct {
		pin  int
		high bool
	}{
		{pins.Power, true},
		{pins.Reset, true}, {pins.Reset, false},
		{pins.SX1261, false}, {pins.SX1261, true},
	} {
		if step.pin == hardware.NoPin {
			continue
		}
		if err := l.Set(step.pin, step.high); err != nil {
			return fmt.Errorf("driving GPIO %d: %w", step.pin, err)
		}
		if err := pause(ctx, settle); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// chipLines are lines of a GPIO character device, by pin.
type chipLines map[int]*gpiocdev.Line

// openLines requests the pins as outputs that leave the board running.
func openLines(chip string, pins hardware.Pins) (lines, error) {
	all := chipLines{}
	for _, idle := range []struct{ pin, value int }{{pins.Power, 1}, {pins.Reset, 0}, {pins.SX1261, 1}} {
		if idle.pin == hardware.NoPin {
			continue
		}
		line, err := gpiocdev.RequestLine(chip, idle.pin, gpiocdev.AsOutput(idle.value), gpiocdev.WithConsumer("hexspot"))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("taking GPIO %d of %s: %w", idle.pin, chip, err), all.Close())
		}
		all[idle.pin] = line
	}
	return all, nil
}

func (c chipLines) Set(pin int, high bool) error {
	value := 0
	if high {
		value = 1
	}
	return c[pin].SetValue(value)
}

func (c chipLines) Close() error {
	var errs []error
	for _, line := range c {
		errs = append(errs, line.Close())
	}
	return errors.Join(errs...)
}
