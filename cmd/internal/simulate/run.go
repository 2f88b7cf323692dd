package simulate

import (
	"context"
	"fmt"
	"time"

	"hexspot/witness"
)

// Result is what a simulation found.
type Result struct {
	Seed         uint64
	Hotspots     int
	Epochs       int
	Beacons      int // reports of beacons
	Observations int
	Kinds        []Tally   // honest first, then by name
	Without      []Without `json:",omitempty"` // with Config.EachClue
	Selection    Selection
}

// Keeper takes what a network would have received, epoch by epoch.
type Keeper interface {
	// Sites takes what is published, once, before the first epoch.
	Sites([]Published) error
	// Begin starts an epoch.
	Begin(witness.Epoch) error
	// Keep takes a signed record of it; the first is the epoch's anchor.
	Keep(Record) error
	// Entropy takes an anchor or a value as a journal has them, of the epoch and of the
	// next as far as the first value after the freeze.
	Entropy(kind string, at witness.Millis, message []byte) error
	// Judged takes what the simulation's own judge made of the epoch.
	Judged(Judgement) error
}

// Judgement is what the facts of an epoch, known without records, come to.
type Judgement struct {
	Epoch      witness.Epoch
	Parameters *witness.Parameters
	Before     witness.State
	Verdicts   []witness.Verdict
	After      witness.State
	Links      witness.LinkState
	Weights    *witness.Weights
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
	if err := court.begin(ctx); err != nil {
		return Result{}, fmt.Errorf("the day before: %w", err)
	}
	if keeper != nil {
		if err := keeper.Sites(w.published()); err != nil {
			return Result{}, err
		}
	}
	r := Result{Seed: c.Seed, Hotspots: c.Hotspots, Epochs: c.Epochs}
	for n := range c.Epochs {
		begun := time.Now()
		d, err := w.live(ctx, firstEpoch+witness.Epoch(n))
		if err == nil {
			err = d.record(ctx, keeper, court.parameters.Hash())
		}
		var judged Judgement
		if err == nil {
			judged, err = court.judge(ctx, d)
		}
		if err == nil && keeper != nil {
			err = keeper.Judged(judged)
		}
		if err != nil {
			return Result{}, fmt.Errorf("epoch %d: %w", n, err)
		}
		r.Observations += len(d.heard)
		r.Beacons += len(d.sent)
		if c.Progress != nil {
			c.Progress(Progress{n + 1, len(d.sent), len(d.heard), time.Since(begun)})
		}
	}
	court.report(&r)
	return r, nil
}

// record packs the epoch's reports, and signs them for a keeper.
func (d *day) record(ctx context.Context, keeper Keeper, parameters [32]byte) error {
	if keeper == nil {
		return d.pack(nil)
	}
	if err := keeper.Begin(d.epoch); err != nil {
		return err
	}
	anchor, err := d.world.anchor(d.epoch, d.chain, parameters)
	if err != nil {
		return err
	}
	if err := keeper.Keep(anchor); err != nil {
		return err
	}
	if err := d.reveal(keeper, parameters); err != nil {
		return err
	}
	return d.pack(func(r Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return keeper.Keep(r)
	})
}
