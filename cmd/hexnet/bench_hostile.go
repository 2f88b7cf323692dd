package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"hexspot/cmd/internal/bench"
	"hexspot/cmd/internal/hostile"
)

type benchHostile struct {
	Stations int           `help:"Honest ones, with ten uplinks and four reports a second each." default:"20"`
	Alone    time.Duration `help:"How long honest stations are alone." default:"10s"`
	Attacked time.Duration `help:"How long they are attacked, at least." default:"30s"`
	Ratio    float64       `help:"How many times longer the slowest answer of a hundred may take under attack." default:"20"`
	Least    time.Duration `help:"What it may take in any case." default:"200ms"`
}

// Help has the examples.
func (benchHostile) Help() string {
	return `Starts hexnet serve on loopback. Each kind of attack comes from an address of its own in 127.1.0.0/24 and
sends as fast as it can: reports that are no records, too large, forged, of others, of the future, of long ago, too
many or again and again; uplinks without pause; topics and subscriptions of others; packets that are too large or
none; logins of others; connections that say nothing, and many of them.

The exit code is 0 only if each attack came to the refusals and disconnections that it must, and honest stations
lost nothing, kept their connections, and were answered in time.

Examples:
  hexnet bench hostile
  hexnet bench hostile --stations 100 --attacked 5m`
}

// Validate bounds what it takes.
func (b benchHostile) Validate() error {
	switch {
	case b.Stations < 1 || b.Stations > 1000:
		return fmt.Errorf("--stations %d: want 1 to 1000", b.Stations)
	case b.Alone < time.Second || b.Attacked < time.Second || b.Alone > time.Hour || b.Attacked > time.Hour:
		return fmt.Errorf("--alone %v --attacked %v: want 1s to 1h each", b.Alone, b.Attacked)
	case b.Ratio < 1 || b.Least < 0:
		return fmt.Errorf("--ratio %v --least %v: want at least 1, and at least 0", b.Ratio, b.Least)
	}
	return nil
}

// Run attacks and prints what came of it.
func (b benchHostile) Run(ctx context.Context, std streams) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	return bench.Hostile(ctx, bench.HostileConfig{
		Hexnet: self, Stations: b.Stations, Alone: b.Alone, Attacked: b.Attacked,
		Bound: hostile.Bound{Ratio: b.Ratio, Least: b.Least}, Progress: std.err,
	}, std.out)
}
