package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/demo"
)

// demoListen is where the town's page is if nobody says otherwise.
const demoListen = "127.0.0.1:8080"

// demoCommand uses no data directory: a broker of its own has a temporary one.
type demoCommand struct {
	Replay   string        `help:"Record to replay: receptions as newline-delimited JSON, gzip'd or plain. Without: a town." placeholder:"FILE"`
	Speed    *demo.Speed   `help:"Seconds of the record that pass in one, or max: as fast as the frames are taken. Default: max." placeholder:"N|max"`
	Broker   string        `help:"Use this broker instead of one in process, scheme://[name:password@]host[:port]." placeholder:"URL"`
	For      time.Duration `help:"How long devices live, or: inject no frame of a record later than this. Default: 150s for the town, no limit for a record." placeholder:"60s"`
	Summary  string        `help:"Form of the summary: ${enum}." enum:"text,json" default:"text"`
	Region   string        `help:"Channel plan. Default: the first that has a channel for every frame; EU868 for the town." placeholder:"PLAN"`
	Seed     uint64        `help:"Of the town: the same seed, the same places and devices." default:"1"`
	Hotspots int           `help:"Of the town." default:"12"`
	Devices  int           `help:"Of the town." default:"60"`
	Coverage bool          `help:"Proof of coverage in the town, and attacks on it. Not with --broker." default:"true" negatable:""`
	Listen   *string       `help:"Address of the town's page; empty: none. Default: 127.0.0.1:8080, or a free port if that is taken." placeholder:"ADDRESS"`
}

// Help has the examples.
func (demoCommand) Help() string {
	return `One emulated concentrator, driver and gateway for each hotspot. In the town they share simulated air with
devices that join and send, and a small network server answers; a page shows it while it runs. A second MQTT
client compares what arrives, and what is said of downlinks, with what was on the air and what the chips sent.
The exit code is 0 only if every frame with a good CRC arrived exactly once and unchanged, and no other, and
every downlink has its answer, its report and its transmission at its microsecond. The town's hotspots also take
part in proof of coverage, with epochs of a minute, and attackers with them: every beacon and every witness must
get the verdict that follows from what the chips sent and took, and every attack its own reason.

Examples:
  hexnet demo
  hexnet demo --no-coverage --for 20s
  hexnet demo --for 60s --hotspots 30 --devices 200 --seed 7
  hexnet demo --replay tower-sensor.ndjson.gz --speed max --summary json
  hexnet demo --replay tower-sensor.ndjson.gz --broker tcp://127.0.0.1:1883`
}

// Validate refuses what neither a record nor the town could be.
func (d demoCommand) Validate() error {
	switch {
	case d.For < 0:
		return errors.New("--for must not be negative")
	case d.Replay == "" && d.Speed != nil:
		return errors.New("--speed is for --replay: a town lives at real pace")
	case d.Replay != "" && d.Listen != nil:
		return errors.New("--listen is for the town: a record has no page")
	}
	return nil
}

// outcome is a summary of either kind.
type outcome interface {
	WriteText(io.Writer) error
	WriteJSON(io.Writer) error
}

// Run runs the demo and prints its summary, also of one that failed.
func (d demoCommand) Run(ctx context.Context, std streams) error {
	show := d.town
	if d.Replay != "" {
		show = d.record
	}
	sum, err := show(ctx, std.err)
	if sum == nil { // nothing was tried
		return err
	}
	write := sum.WriteText
	if d.Summary == "json" {
		write = sum.WriteJSON
	}
	if err := write(std.out); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	if err != nil {
		return fmt.Errorf("the demo failed: %w", err)
	}
	return nil
}

func (d demoCommand) record(ctx context.Context, out io.Writer) (outcome, error) {
	display := demo.Display{Out: out, Live: isTerminal(out)}
	sum, err := demo.Run(ctx, demo.Config{
		Replay: d.Replay, Region: d.Region, Speed: d.Speed, For: d.For, Broker: d.Broker, Display: display, Log: warnings(display),
	})
	if sum.Hotspots == 0 {
		return nil, err
	}
	return sum, err
}

func (d demoCommand) town(ctx context.Context, out io.Writer) (outcome, error) {
	screen := demo.NewScreen(out, isTerminal(out))
	page := demo.Address{Listen: demoListen, OrElse: true}
	if d.Listen != nil {
		page = demo.Address{Listen: *d.Listen}
	}
	page.Announce = func(url string) { fmt.Fprintf(screen, "The town is at %s\n", url) }
	sum, err := demo.RunTown(ctx, demo.Town{
		Seed: d.Seed, Hotspots: d.Hotspots, Devices: d.Devices, Region: d.Region, For: d.For, Broker: d.Broker,
		Coverage: d.Coverage, Page: page, Screen: screen, Log: warnings(screen),
	})
	if sum.Hotspots == 0 {
		return nil, err
	}
	return sum, err
}

// warnings is a logger that is quiet when all is well.
func warnings(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}
