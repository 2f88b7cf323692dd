package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"hexspot/cmd/internal/simulate"
)

// simulateCommand uses no data directory.
type simulateCommand struct {
	Hotspots   int                 `help:"How many." default:"2000"`
	Epochs     int                 `help:"How many days." default:"14"`
	Seed       uint64              `help:"The same seed, the same reports." default:"1"`
	Cheaters   []simulate.Cheaters `help:"A kind of cheater and its share of all hotspots; all=SHARE gives each kind that share, none is none." placeholder:"KIND=SHARE"`
	Out        string              `help:"Write sites and signed records into this directory." type:"path" placeholder:"DIR"`
	Force      bool                `help:"With --out: remove what an earlier simulation has written into the directory."`
	Quiet      bool                `help:"No progress on standard error."`
	Signatures bool                `help:"Sign and verify openings. Without, tags are hashes: for tuning." default:"true" negatable:""`
	EachClue   bool                `help:"Also print what would be cut without each of the clues."`
	Summary    string              `help:"Form of the summary: ${enum}." enum:"text,json" default:"text"`
	Workers    int                 `help:"Goroutines. Default: one a processor."`
}

// Help has the examples.
func (simulateCommand) Help() string {
	text := `Simulates a country of hotspots, honest ones and cheaters, writes what they report, judges it, and prints
which share of the units of false links the rules and the link weights cut, and what they cost honest stations.

Kinds of cheaters:
`
	for _, k := range simulate.Kinds() {
		text += fmt.Sprintf("  %-15s %s\n", k, k.What())
	}
	return text + `
Examples:
  hexnet simulate --hotspots 300 --epochs 3 --cheaters all=0.05
  hexnet simulate --cheaters replay=0.05 --cheaters relay=0.05 --seed 11 --no-signatures --summary json
  hexnet simulate --hotspots 1500 --epochs 7 --cheaters all=0.05 --no-signatures --each-clue
  hexnet simulate --hotspots 100 --epochs 1 --out reports`
}

// Run runs the simulation and prints its summary.
func (s simulateCommand) Run(ctx context.Context, std streams) error {
	c := simulate.Config{
		Hotspots: s.Hotspots, Epochs: s.Epochs, Seed: s.Seed, Cheaters: simulate.Spread(s.Cheaters),
		Signatures: s.Signatures, EachClue: s.EachClue, Workers: s.Workers,
	}
	if !s.Quiet {
		c.Progress = func(p simulate.Progress) {
			fmt.Fprintf(std.err, "epoch %d of %d: %d beacons, %d observations, %v\n", p.Epoch, s.Epochs, p.Beacons, p.Observations, p.Took.Round(time.Millisecond))
		}
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if err := errors.Join(s.check(), c.Validate()); err != nil {
		return usageError{err}
	}
	result, err := s.simulate(ctx, c)
	if errors.Is(err, simulate.ErrNotEmpty) {
		return fmt.Errorf("%w; --force removes what an earlier simulation has written there, or name another directory", err)
	}
	if err != nil {
		return fmt.Errorf("simulating: %w", err)
	}
	if s.Summary == "json" {
		return result.WriteJSON(std.out)
	}
	return result.WriteText(std.out)
}

// check refuses what the configuration does not know of.
func (s simulateCommand) check() error {
	switch {
	case s.Workers < 0:
		return fmt.Errorf("--workers %d: want 1 or more", s.Workers)
	case s.Out != "" && !s.Signatures:
		return errors.New("--out writes signed records: leave away --no-signatures, or --out")
	}
	return nil
}

func (s simulateCommand) simulate(ctx context.Context, c simulate.Config) (simulate.Result, error) {
	if s.Out == "" {
		return simulate.Run(ctx, c, nil)
	}
	archive, err := simulate.NewArchive(s.Out, s.Force)
	if err != nil {
		return simulate.Result{}, err
	}
	result, err := simulate.Run(ctx, c, archive)
	if closed := archive.Close(); err == nil {
		err = closed
	}
	return result, err
}
