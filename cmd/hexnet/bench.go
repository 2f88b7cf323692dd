package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"hexspot/cmd/internal/bench"
)

type benchCommand struct {
	Hotspot benchHotspot `cmd:"" default:"withargs" help:"Measure the hotspot program, with emulator and broker in other processes (the default)."`
	Journal benchJournal `cmd:"" help:"Measure durable ingest, and the time to a PUBACK."`
	Hostile benchHostile `cmd:"" help:"Attack hexnet serve with every kind of hostile client, and look at what honest stations bear."`
	Loss    benchLoss    `cmd:"" help:"Kill hexnet serve at random instants under load, and look for what was acknowledged."`
	Verify  benchVerify  `cmd:"" help:"Make an epoch of signed records, verify it, and say what that took."`
}

type benchHotspot struct {
	Hexspot  string        `help:"The hotspot program to measure." required:"" type:"existingfile" placeholder:"PATH"`
	Runs     int           `help:"Runs, of which the median counts; each takes about two minutes." default:"3"`
	Idle     time.Duration `help:"How long the idle hotspot is looked at; half a minute after its start it has what it keeps." default:"1m"`
	Coverage bool          `help:"Measure with proof of coverage."`
}

// Help has the example.
func (benchHotspot) Help() string {
	return `Starts an emulated concentrator, a broker and the hotspot as processes of their own, on loopback only, and
measures the hotspot: boot, idle CPU and memory, how fast a command reaches the chip, CPU per uplink from chip
to MQTT at three rates. Then the CPU of a town of 100 hotspots in one process.

Example:
  hexnet bench hotspot --hexspot bin/hexspot`
}

// Validate bounds the time it takes.
func (b benchHotspot) Validate() error {
	if b.Runs < 1 || b.Runs > 99 {
		return fmt.Errorf("--runs %d: want 1 to 99", b.Runs)
	}
	if b.Idle < time.Second || b.Idle > time.Hour {
		return fmt.Errorf("--idle %v: want 1s to 1h", b.Idle)
	}
	return nil
}

// Run measures and prints a table.
func (b benchHotspot) Run(ctx context.Context, std streams) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	return bench.Run(ctx, bench.Config{
		Hexspot: b.Hexspot, Hexnet: self, ServeTOML: benchServe, Runs: b.Runs, Idle: b.Idle, Coverage: b.Coverage, Progress: std.err,
		Firmware: synthesize, Account: benchAccount,
	}, std.out)
}
