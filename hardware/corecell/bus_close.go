package corecell

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hexspot/hardware"
)

// settle is the pause after each step of a reset: power and clock of the
// concentrator are stable, and a reset is long enough, well within it.
const settle = 10 * time.Millisecond

// Reset powers the concentrator and pulses the reset lines of its chips.
func (b *Bus) Reset(ctx context.Context) error {
	defer b.take()()
	for _, l := range resetPulse {
		if err := b.drive(ctx, l); err != nil {
			return fmt.Errorf("resetting the concentrator: %w", err)
		}
		if err := pause(ctx, settle); err != nil {
			return err
		}
	}
	return nil
}

// drive sets one pin.
func (b *Bus) drive(ctx context.Context, l level) error {
	frame, err := b.begin(ctx)
	if err != nil {
		return err
	}
	payload, err := b.exchange(cmdWriteGPIO, appendLevel(frame, l), ackTimeout)
	if err != nil {
		return err
	}
	done, err := parseResult(payload)
	switch {
	case err != nil:
		return fmt.Errorf("%w: WRITE_GPIO: %w", ErrBadAnswer, err)
	case !done:
		return fmt.Errorf("%w: P%c%d", ErrPin, 'A'+l.Port, l.Number)
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

// Close ends a pending Do with ErrClosed, resets the concentrator, so that it
// does not stay on the air, and closes the port. It takes two seconds at worst.
func (b *Bus) Close() error {
	b.closeOnce.Do(func() {
		close(b.closing)
		defer b.take()()
		b.closed = errors.Join(b.part(), b.closePort())
		b.lost = ErrClosed
	})
	return b.closed
}

// part resets the concentrator for the last time, unless it has left already.
func (b *Bus) part() error {
	if b.lost != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), partLimit)
	defer cancel()
	b.link.stop, b.closing, b.patience = nil, nil, partLimit
	for _, l := range resetPulse {
		if err := b.drive(ctx, l); err != nil {
			return partError(err)
		}
	}
	return nil
}

// partError is nil if there is nobody left to reset.
func partError(err error) error {
	if errors.Is(err, hardware.ErrGone) {
		return nil
	}
	return fmt.Errorf("resetting the concentrator before leaving: %w", err)
}

func (b *Bus) closePort() error {
	_, err := bounded(nil, partLimit, func() (struct{}, error) { return struct{}{}, b.link.port.Close() })
	if err != nil {
		return fmt.Errorf("closing %s: %w", b.name, err)
	}
	return nil
}
