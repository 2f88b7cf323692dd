package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/hardware/corecell"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// emulateCommand emulates; its subcommands talk to an emulator that runs.
type emulateCommand struct {
	Chip   emulateRun    `cmd:"" name:"run" default:"withargs" help:"Run an emulated concentrator until it is ended. (The word run may be left out.)"`
	Inject emulateInject `cmd:"" help:"Put a frame on the air at an emulated concentrator."`
	Sent   emulateSent   `cmd:"" help:"Print what an emulated concentrator sends, as lines of JSON."`
	Fault  emulateFault  `cmd:"" help:"Break an emulated concentrator, or mend it."`
	Status emulateStatus `cmd:"" help:"Print what an emulated concentrator is doing."`
	Script emulateScript `cmd:"" help:"Have an emulated concentrator do what a file says, line by line."`
}

type emulateRun struct {
	Link         string  `help:"Where to put the link to the pseudo-terminal." required:"" placeholder:"PATH"`
	EUI          string  `help:"EUI-64 of the concentrator, 16 hexadecimal digits." name:"eui" required:"" placeholder:"HEX"`
	Control      string  `help:"Address, on loopback, for inject and sent." required:"" placeholder:"127.0.0.1:PORT"`
	Model        string  `help:"${enum}." enum:"sx1302,sx1303" default:"sx1302"`
	AGCVersion   uint8   `help:"What the AGC firmware says it is." default:"10" name:"agc-version" placeholder:"N"`
	ARBVersion   uint8   `help:"What the ARB firmware says it is." default:"2" name:"arb-version" placeholder:"N"`
	CounterStart uint64  `help:"Microseconds on the counter after a reset." name:"counter-start" placeholder:"US"`
	Temperature  float64 `help:"Of the board, in °C." default:"25"`
}

// Help is that of run, which needs no name.
func (emulateCommand) Help() string {
	return emulateRun{}.Help() + "\n\nFlags of run: hexnet emulate run --help"
}

// Help has the examples.
func (emulateRun) Help() string {
	return `Any program that speaks the protocol of the CoreCell's USB bridge can open the link.

Examples:
  hexnet emulate --link /tmp/concentrator --eui 0102030405060708 --control 127.0.0.1:7000
  hexspot chip --bus usb:/tmp/concentrator
  hexnet emulate inject --control 127.0.0.1:7000 --payload 40f17dbe4900020001954378762b11ff0d --frequency 868100000 --sf 7`
}

// A CoreCell that was told to start anew leaves its answer time to be read, and is
// then off the bus for as long.
const rebootTime = 200 * time.Millisecond

// errReboot ends one life of the microcontroller.
var errReboot = errors.New("the microcontroller starts anew")

// Run emulates until ctx ends.
func (e emulateRun) Run(ctx context.Context, std streams, log *slog.Logger) error {
	config, err := e.config(log)
	if err != nil {
		return usageError{err}
	}
	chip, err := emulator.New(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", e.Control)
	if err != nil {
		return fmt.Errorf("listening for the control connection: %w", err)
	}
	defer listener.Close()
	pty, err := corecell.OpenPTY(e.Link)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s %s at %s (%s), control %s\n", config.Model, config.EUI, e.Link, pty.Path(), listener.Addr())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return emulator.ServeControl(ctx, listener, chip) })
	group.Go(func() error { return serveBridge(ctx, pty, e.Link, chip) })
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (e emulateRun) config(log *slog.Logger) (emulator.Config, error) {
	eui, err := radio.ParseEUI(e.EUI)
	if err != nil {
		return emulator.Config{}, err
	}
	if err := onLoopback(e.Control); err != nil {
		return emulator.Config{}, err
	}
	if e.CounterStart > maxCounter {
		return emulator.Config{}, fmt.Errorf("--counter-start %d: at most %d", e.CounterStart, uint64(maxCounter))
	}
	model := emulator.SX1302
	if e.Model == "sx1303" {
		model = emulator.SX1303
	}
	return emulator.Config{
		EUI: eui, Model: model, AGCVersion: e.AGCVersion, ARBVersion: e.ARBVersion, Temperature: e.Temperature,
		CounterStart: time.Duration(e.CounterStart) * time.Microsecond, Log: log,
	}, nil
}

// maxCounter is a year; the counter wraps every 134 s.
const maxCounter = 365 * 24 * 3600 * 1_000_000

func onLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--control: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--control %s: only an address of 127.0.0.0/8 or ::1, for nobody has to log in", address)
	}
	return nil
}

// serveBridge is the CoreCell: a pseudo-terminal that goes away for a moment at
// each restart of the microcontroller, as a USB device does.
func serveBridge(ctx context.Context, pty *corecell.PTY, link string, chip *emulator.Chip) error {
	for {
		err := serveLife(ctx, pty, chip)
		if !errors.Is(err, errReboot) {
			return err
		}
		if err := pause(ctx, rebootTime); err != nil {
			return err
		}
		if pty, err = corecell.OpenPTY(link); err != nil {
			return err
		}
	}
}

// serveLife serves until the microcontroller restarts, and closes the pseudo-terminal.
func serveLife(ctx context.Context, pty *corecell.PTY, chip *emulator.Chip) error {
	defer pty.Close()
	var id [12]byte
	eui := chip.EUI()
	copy(id[:], eui[:])
	reboot := func(bool) error { return errors.Join(pause(ctx, rebootTime), errReboot) }
	return corecell.Serve(ctx, pty, chip.Device(), id, corecell.OnReboot(reboot))
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
