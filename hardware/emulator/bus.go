package emulator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hexspot/hardware"
)

// Bus is a chip on a bus of its own, in process. Each operation is an exchange,
// and takes no time.
type Bus struct {
	chip *Chip

	mu     sync.Mutex
	closed bool
}

var (
	_ hardware.Bus         = (*Bus)(nil)
	_ hardware.Thermometer = (*Bus)(nil)
)

// Bus opens the chip in process. While it is unplugged, operations end with
// hardware.ErrGone; a closed Bus stays closed.
func (c *Chip) Bus() *Bus { return &Bus{chip: c} }

// errFrameSize refuses an operation that says how much to read in two ways.
var errFrameSize = errors.New("emulator: In is not as long as Out")

// Do runs the operations in order.
func (b *Bus) Do(ctx context.Context, ops ...hardware.Op) error {
	if err := b.usable(ctx); err != nil {
		return err
	}
	c := b.chip
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unplugged {
		return hardware.ErrGone
	}
	for i := range ops {
		if err := c.do(time.Now(), &ops[i]); err != nil {
			return fmt.Errorf("operation %d of %d: %w", i+1, len(ops), err)
		}
	}
	return nil
}

func (c *Chip) do(now time.Time, op *hardware.Op) error {
	if op.Out == nil {
		_, _, err := c.modify(now, op.Address, op.Mask, op.Value)
		return err
	}
	if op.In != nil && len(op.In) != len(op.Out) {
		return errFrameSize
	}
	return c.transfer(now, op.Target, op.Out, op.In)
}

func (b *Bus) usable(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return hardware.ErrGone
	}
	return ctx.Err()
}

// Reset powers the chip and pulses both reset lines.
func (b *Bus) Reset(ctx context.Context) error {
	if err := b.usable(ctx); err != nil {
		return err
	}
	c := b.chip
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unplugged {
		return hardware.ErrGone
	}
	c.powered, c.held = true, false
	c.reset(time.Now())
	c.listener.reset()
	return nil
}

// Temperature is the board's, as configured.
func (b *Bus) Temperature(ctx context.Context) (float64, error) {
	if err := b.usable(ctx); err != nil {
		return 0, err
	}
	b.chip.mu.Lock()
	defer b.chip.mu.Unlock()
	if b.chip.unplugged {
		return 0, hardware.ErrGone
	}
	return b.chip.config.Temperature, nil
}

// String names the chip.
func (b *Bus) String() string { return "emulator:" + b.chip.config.EUI.String() }

// Close makes every later operation end with hardware.ErrGone.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// Unplug makes every operation on every Bus of the chip end with
// hardware.ErrGone, and takes the chip's power.
func (c *Chip) Unplug() { c.plug(false) }

// Replug undoes Unplug: the chip is powered anew, with nothing kept.
func (c *Chip) Replug() { c.plug(true) }

func (c *Chip) plug(in bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unplugged, c.powered, c.held = !in, in, false
	c.reset(time.Now())
	c.listener.reset()
}
