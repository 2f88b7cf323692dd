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
	Beacons      int    `help:"Beacon reports of the epoch, four a station." default:"40000"`
	Observations int    `help:"Observations of the epoch." default:"560000"`
	Workers      int    `help:"Goroutines. Default: one a processor."`
	Dir          string `help:"Where the epoch is made, and kept for the next time. Default: below the user's cache." type:"path" placeholder:"DIR"`
}

// Help has the examples.
func (benchVerify) Help() string {
	return `Makes an epoch of signed records on disk, verifies it as hexnet serve does, and prints reports a second
and core, the share of signatures, time and peak memory. The default is a hundredth of an epoch of a million
hotspots.

Examples:
  hexnet bench verify
  hexnet bench verify --beacons 200000 --observations 2800000 --dir /var/tmp/epochs`
}

// Validate bounds what it takes.
func (b benchVerify) Validate() error {
	if b.Beacons < 4 || b.Beacons > 8_000_000 || b.Observations < b.Beacons || b.Observations > 32*b.Beacons {
		return fmt.Errorf("--beacons %d --observations %d: want 4 to 8 million, and 1 to 32 observations a beacon", b.Beacons, b.Observations)
	}
	return nil
}

// Run makes, verifies and prints.
func (b benchVerify) Run(ctx context.Context, std streams) error {
	if b.Workers <= 0 {
		b.Workers = runtime.GOMAXPROCS(0)
	}
	if b.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding the user's cache: %w", err)
		}
		b.Dir = filepath.Join(cache, "hexnet-bench")
	}
	if err := os.MkdirAll(b.Dir, 0o755); err != nil {
		return err
	}
	return bench.Verify(ctx, bench.VerifyConfig{
		Beacons: b.Beacons, Observations: b.Observations, Workers: b.Workers, Dir: b.Dir, Progress: std.err,
	}, std.out)
}
