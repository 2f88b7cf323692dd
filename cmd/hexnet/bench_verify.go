package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"hexspot/cmd/internal/bench"
)

type benchVerify struct {
	Hotspots     int    `help:"Stations of the network. Default: one for four beacons."`
	Beacons      int    `help:"Beacon reports of the epoch, one to four a station." default:"40000"`
	Observations int    `help:"Observations of the epoch." default:"560000"`
	Workers      int    `help:"Goroutines. Default: one a processor."`
	Dir          string `help:"Where the epoch is made, and kept for the next time. Default: below the user's cache." type:"path" placeholder:"DIR"`
	Made         bool   `hidden:"" help:"Verify an epoch that was made before, in this process."`
}

// Help has the examples.
func (benchVerify) Help() string {
	return `Makes an epoch of signed records on disk, verifies it as hexnet serve does in a process of its own, and prints reports a second
and core, the share of signatures, time and peak memory. The default is a hundredth of an epoch of a million
hotspots.

Examples:
  hexnet bench verify
  hexnet bench verify --beacons 200000 --observations 2800000 --dir /var/tmp/epochs
  hexnet bench verify --hotspots 1000000 --beacons 1000000 --observations 4000000`
}

// Validate bounds what it takes.
func (b benchVerify) Validate() error {
	if b.Beacons < 4 || b.Beacons > 8_000_000 || b.Observations < b.Beacons || b.Observations > 32*b.Beacons {
		return fmt.Errorf("--beacons %d --observations %d: want 4 to 8 million, and 1 to 32 observations a beacon", b.Beacons, b.Observations)
	}
	if b.Hotspots != 0 && (b.Hotspots > b.Beacons || b.Hotspots < (b.Beacons+3)/4) {
		return fmt.Errorf("--hotspots %d --beacons %d: want one to four beacons a station", b.Hotspots, b.Beacons)
	}
	return nil
}

// Run makes, verifies and prints.
func (b benchVerify) Run(ctx context.Context, std streams) error {
	c := bench.VerifyConfig{
		Hotspots: b.Hotspots, Beacons: b.Beacons, Observations: b.Observations, Workers: b.Workers, Dir: b.Dir, Progress: std.err,
	}
	if err := b.defaults(&c); err != nil {
		return err
	}
	if b.Made {
		return bench.VerifyMade(ctx, c, std.out)
	}
	return bench.Verify(ctx, c, std.out)
}

// defaults fills in what was not said.
func (b benchVerify) defaults(c *bench.VerifyConfig) (err error) {
	if c.Hexnet, err = os.Executable(); err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if c.Hotspots == 0 {
		c.Hotspots = (c.Beacons + 3) / 4
	}
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding the user's cache: %w", err)
		}
		c.Dir = filepath.Join(cache, "hexnet-bench")
	}
	return os.MkdirAll(c.Dir, 0o755)
}
