package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/demo"
)

// demoCommand uses no data directory: a broker of its own has a temporary one.
type demoCommand struct {
	Replay   string        `help:"Record to replay: receptions as newline-delimited JSON, gzip'd or plain. Without: a synthetic town." placeholder:"FILE"`
	Speed    *demo.Speed   `help:"Seconds of the record (or the town) that pass in one, or max: as fast as the frames are taken. Default: max for a record, 1 for the town." placeholder:"N|max"`
	Broker   string        `help:"Use this broker instead of one in process, scheme://[name:password@]host[:port]." placeholder:"URL"`
	For      time.Duration `help:"Inject no frame later than this. Default: 30s for the town, no limit for a record." placeholder:"60s"`
	Summary  string        `help:"Form of the summary: ${enum}." enum:"text,json" default:"text"`
	Region   string        `help:"Channel plan. Default: the first that has a channel for every frame; EU868 for the town." placeholder:"PLAN"`
	Seed     uint64        `help:"Of the town: the same seed, the same frames." default:"1"`
	Hotspots int           `help:"Of the town." default:"12"`
	Devices  int           `help:"Of the town." default:"60"`
}

// Help has the examples.
func (demoCommand) Help() string {
	return `One emulated concentrator, driver and gateway for each hotspot; a second MQTT client compares what
arrives with what was on the air. The exit code is 0 only if every frame with a good CRC arrived exactly
once and unchanged, and no other.

Examples:
  hexnet demo
  hexnet demo --for 60s --hotspots 30 --devices 200 --seed 7
  hexnet demo --replay tower-sensor.ndjson.gz --speed max --summary json
  hexnet demo --replay tower-sensor.ndjson.gz --broker tcp://127.0.0.1:1883`
}

// Validate refuses what the town could not be.
func (d demoCommand) Validate() error {
	if d.For < 0 {
		return errors.New("--for must not be negative")
	}
	return nil
}

// Run runs the demo and prints its summary, also of one that failed.
func (d demoCommand) Run(ctx context.Context, std streams) error {
	display := demo.Display{Out: std.err, Live: isTerminal(std.err)}
	summary, err := demo.Run(ctx, demo.Config{
		Replay: d.Replay, Region: d.Region, Speed: d.Speed, For: d.For, Broker: d.Broker,
		Town:    demo.Town{Seed: d.Seed, Hotspots: d.Hotspots, Devices: d.Devices},
		Display: display,
		Log:     slog.New(slog.NewTextHandler(display, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if summary.Hotspots == 0 { // nothing was tried
		return err
	}
	write := summary.WriteText
	if d.Summary == "json" {
		write = summary.WriteJSON
	}
	if err := write(std.out); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	if err != nil {
		return fmt.Errorf("the demo failed: %w", err)
	}
	return nil
}

func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}
