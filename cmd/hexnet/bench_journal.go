package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"hexspot/cmd/internal/bench"
)

type benchJournal struct {
	Dir      string        `help:"Directory on the disk to measure. Default: the temporary directory." type:"existingdir" placeholder:"DIR"`
	Duration time.Duration `help:"Of each row." default:"5s"`
	Reports  bool          `help:"Measure reports of proof of coverage instead: from a report to its receipt, through signature, journal and log."`
}

// Help has the examples.
func (benchJournal) Help() string {
	return `Appends in this process, alone and many at once; then starts hexnet serve and publishes as 1, 100 and 1000
stations at QoS 1, on loopback only. Each row says how busy the machine was. The idle rows are of 1000
stations that are connected and say nothing: before the load, and some minutes after it.

Examples:
  hexnet bench journal
  hexnet bench journal --dir /var/lib/hexnet --duration 20s
  hexnet bench journal --reports`
}

// Run measures and prints a table.
func (b benchJournal) Run(ctx context.Context, std streams) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	return bench.Journal(ctx, bench.JournalConfig{Hexnet: self, Dir: b.Dir, Duration: b.Duration, Reports: b.Reports, Progress: std.err}, std.out)
}

type benchLoss struct {
	Kills    int           `help:"How often." default:"40"`
	Stations int           `help:"Stations that publish uplinks as fast as they are acknowledged." default:"60"`
	Reports  time.Duration `help:"Time between two reports of a station for proof of coverage; 0: none are made." default:"150ms"`
	Life     time.Duration `help:"The longest time from a start to its kill." default:"1500ms"`
	Seed     uint64        `help:"Of the instants." default:"1"`
}

// Help has the examples.
func (benchLoss) Help() string {
	return `Kills the network with SIGKILL, and compares in the end what stations were told with what is kept. The
exit code is 0 only if every uplink with a PUBACK is in the journal once; every record with a receipt is in the
journal, and in the log once and at the receipt's index; a record that is sent again after a kill gets its first
receipt again; and entropy goes on: one chain an epoch, no value early.

Examples:
  hexnet bench loss
  hexnet bench loss --kills 300 --stations 200 --seed 7
  hexnet bench loss --reports 0`
}

// Validate bounds what it takes.
func (b benchLoss) Validate() error {
	switch {
	case b.Kills < 0 || b.Stations < 1 || b.Stations > 5000:
		return fmt.Errorf("--kills %d --stations %d: want at least 0, and 1 to 5000", b.Kills, b.Stations)
	case b.Reports < 0 || b.Life < time.Millisecond || b.Life > time.Minute:
		return fmt.Errorf("--reports %v --life %v: want at least 0, and 1ms to 1m", b.Reports, b.Life)
	}
	return nil
}

// Run kills and compares.
func (b benchLoss) Run(ctx context.Context, std streams) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	return bench.Loss(ctx, bench.LossConfig{
		Hexnet: self, Kills: b.Kills, Stations: b.Stations, Reports: b.Reports, Life: b.Life, Seed: b.Seed, Progress: std.err,
	}, std.out)
}
