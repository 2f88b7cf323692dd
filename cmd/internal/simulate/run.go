package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hexspot/witness"
)

// Result is what a simulation found.
type Result struct {
	Seed         uint64
	Hotspots     int
	Epochs       int
	Beacons      int // reports of beacons
	Observations int
	Kinds        []Tally // honest first, then by name
}

// Keeper takes what a network would have received, epoch by epoch.
type Keeper interface {
	// Keep takes a signed record.
	Keep(Record) error
}

// Run simulates and judges. Records go to keeper, which may be nil.
func Run(ctx context.Context, c Config, keeper Keeper) (Result, error) {
	if err := c.Validate(); err != nil {
		return Result{}, err
	}
	w, err := newWorld(c)
	if err != nil {
		return Result{}, err
	}
	court, err := newCourt(w)
	if err != nil {
		return Result{}, err
	}
	r := Result{Seed: c.Seed, Hotspots: c.Hotspots, Epochs: c.Epochs}
	for n := range c.Epochs {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		d, err := w.live(firstEpoch + witness.Epoch(n))
		if err != nil {
			return Result{}, fmt.Errorf("epoch %d: %w", n, err)
		}
		if err := d.record(keeper); err != nil {
			return Result{}, fmt.Errorf("epoch %d: %w", n, err)
		}
		if err := court.judge(d); err != nil {
			return Result{}, fmt.Errorf("judging epoch %d: %w", n, err)
		}
		r.Observations += len(d.heard)
		r.Beacons += len(d.sent)
	}
	r.Kinds = court.sorted()
	return r, nil
}

func (d *day) record(keeper Keeper) error {
	if keeper == nil {
		return d.pack(nil)
	}
	return d.pack(keeper.Keep)
}

// sorted are the tallies, honest first.
func (c *court) sorted() []Tally {
	var list []Tally
	for _, t := range c.tallies {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b Tally) int {
		switch {
		case a.Kind == Honest:
			return -1
		case b.Kind == Honest:
			return 1
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return list
}
