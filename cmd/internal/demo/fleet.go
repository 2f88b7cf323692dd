package demo

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// bootTimeout is how long all hotspots together may take to receive; a boot
// has 2.1 s of waiting, the rest is work.
const bootTimeout = 60 * time.Second

// box is one hotspot: driver and gateway, as hexspot runs them.
type box interface {
	Run(context.Context) error
	Ready(context.Context) error
	Counts() counts
	Name() string // for people, empty if it has none
	// CoverageStatus is how its proof of coverage stands, false if it has none.
	CoverageStatus() (hotspot.CoverageStatus, bool)
}

// counts are what a box has done since it started.
type counts struct {
	Read      uint64 `json:"read"`      // frames read out of the chip
	Forwarded uint64 `json:"forwarded"` // of them, handed to MQTT
	Acked     uint64 `json:"acked"`     // of them, acknowledged by the broker
	Dropped   uint64 `json:"dropped"`   // because a queue was full
}

func (c counts) plus(o counts) counts {
	return counts{c.Read + o.Read, c.Forwarded + o.Forwarded, c.Acked + o.Acked, c.Dropped + o.Dropped}
}

// member is a box and the emulated chip it drives.
type member struct {
	eui   radio.EUI
	chip  *emulator.Chip
	box   box
	ready chan struct{} // closed once it receives
}

// fleet are all hotspots of a demo.
type fleet []*member

// maker makes the box that drives a chip.
type maker func(*emulator.Chip) (box, error)

// newFleet makes a chip and a box for each hotspot.
func newFleet(hotspots []radio.EUI, make1 maker) (fleet, error) {
	all := make(fleet, len(hotspots))
	for i, eui := range hotspots {
		chip, err := emulator.New(emulator.Config{EUI: eui, Temperature: 25})
		if err != nil {
			return nil, err
		}
		b, err := make1(chip)
		if err != nil {
			return nil, fmt.Errorf("making hotspot %s: %w", eui, err)
		}
		all[i] = &member{eui: eui, chip: chip, box: b, ready: make(chan struct{})}
	}
	return all, nil
}

// run runs all boxes until ctx ends, or until the first fails.
func (f fleet) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, m := range f {
		group.Go(func() error {
			if err := m.box.Run(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("hotspot %s: %w", m.eui, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// awaitReady waits until all receive.
func (f fleet) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, bootTimeout, fmt.Errorf("not all hotspots receive after %v", bootTimeout))
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	for _, m := range f {
		group.Go(func() error {
			if err := m.box.Ready(ctx); err != nil {
				return fmt.Errorf("hotspot %s does not receive: %w", m.eui, err)
			}
			close(m.ready)
			return nil
		})
	}
	return group.Wait()
}

// receives says whether it has told that it does.
func (m *member) receives() bool {
	select {
	case <-m.ready:
		return true
	default:
		return false
	}
}

// booted is how many receive.
func (f fleet) booted() int {
	n := 0
	for _, m := range f {
		if m.receives() {
			n++
		}
	}
	return n
}

func (f fleet) counts() counts {
	var sum counts
	for _, m := range f {
		sum = sum.plus(m.box.Counts())
	}
	return sum
}

func (f fleet) antennas() map[radio.EUI]antenna {
	all := make(map[radio.EUI]antenna, len(f))
	for _, m := range f {
		all[m.eui] = m.chip
	}
	return all
}
