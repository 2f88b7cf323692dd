// Command hexnet is the network's side of Hexspot: the broker hotspots connect
// to, an emulated concentrator, and a demonstration of the whole.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Data string `help:"Directory of what the network keeps: accounts, bindings of stations, the journal. Default: $XDG_DATA_HOME/hexnet." env:"HEXNET_DATA" default:"${data}" placeholder:"DIR"`

	Serve    serveCommand    `cmd:"" help:"Run the network: the broker that hotspots and network servers connect to."`
	Config   configCommand   `cmd:"" help:"Print a commented default configuration."`
	Journal  journalCommand  `cmd:"" help:"Look at the journal, roll it off into files, read files."`
	Account  accountCommand  `cmd:"" help:"Add, list and remove the accounts of network servers."`
	Wallet   walletCommand   `cmd:"" help:"Make, import and list the accounts that own stations."`
	Site     siteCommand     `cmd:"" help:"Sign, enter and show where stations are and whose they are."`
	Emulate  emulateCommand  `cmd:"" help:"Emulate a concentrator on a pseudo-terminal, for any program that drives one."`
	Demo     demoCommand     `cmd:"" help:"Run hotspots on a record or in a synthetic town, and check all that arrives."`
	Firmware firmwareCommand `cmd:"" help:"Make firmware images for emulated concentrators."`
	Witness  witnessCommand  `cmd:"" help:"Tools about proof of coverage."`
	Simulate simulateCommand `cmd:"" help:"Simulate the reports of a country of hotspots and cheaters, and measure what is detected."`
	Bench    benchCommand    `cmd:"" help:"Measure the hotspot program and the journal."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// streams are a program's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// run runs the subcommand and turns its error into an exit code. It is the one
// place that tells the final error.
func run(ctx context.Context, args []string, std streams) int {
	var c commands
	helped := false
	parser, err := kong.New(&c,
		kong.Name("hexnet"), kong.Description(description), kong.Vars{"data": defaultData()},
		kong.Writers(std.out, std.err), kong.Exit(func(int) { helped = true }),
		kong.WithHyphenPrefixedParameters(true), // levels are negative: --rssi -80
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c, std, logTo(std.err)))
	if err != nil {
		fmt.Fprintln(std.err, "hexnet:", err)
		return exitFailure
	}
	parsed, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err == nil {
		err = parsed.Run()
	} else {
		err = usageError{err}
	}
	return exitCode(err, std.err)
}

func exitCode(err error, w io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(w, "hexnet: %v\nRun 'hexnet --help'.\n", err)
		return exitUsage
	}
	var stopped stoppedError
	if errors.As(err, &stopped) {
		logTo(w).Error("hexnet stops", "error", err)
	} else {
		fmt.Fprintf(w, "hexnet: %v\n", err)
	}
	return exitFailure
}

// stoppedError is why the network stopped serving: a line among its other log lines.
type stoppedError struct{ error }

func (e stoppedError) Unwrap() error { return e.error }

// usageError is a wrong command line: exit code 2, no log line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// defaultData is hexnet's place among the user's data, or below the working
// directory for a user without a home.
func defaultData() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hexnet")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "hexnet")
	}
	return "hexnet-data"
}

const description = `hexnet runs the network's side of Hexspot.

First steps:
  hexnet demo                                see it work, without any hardware
  hexnet serve                               a broker on 127.0.0.1:1883
  hexnet config > hexnet.toml                its settings
  hexnet emulate --link /tmp/concentrator --eui 0102030405060708 --control 127.0.0.1:7000`
