// Command hexspot is the firmware layer of a hotspot: it drives an
// SX1302/SX1303 concentrator and forwards device packets over MQTT.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// command is one subcommand.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, std streams) error
}

// streams are a program's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func commands() []command {
	return []command{
		{"run", "receive packets and forward them", runHotspot},
		{"config", "print a commented default configuration", printConfig},
		{"chip", "say what concentrator is on a bus", showChip},
		{"firmware", "import the concentrator's firmware images", firmware},
		{"spool", "say what waits on the disk", spoolCommand},
		{"status", "say how proof of coverage stands", statusCommand},
		{"discover", "send discovery beacons and list who hears them", discover},
		{"key", "show, export or import the station key", stationKey},
		{"receipts", "list and export receipts, and check them against a network's log", receipts},
		{"appeal", "gather evidence and appeal against a weight", appealCommand},
		{"site", "sign where the station is and whose it is", site},
		{"version", "print the version", printVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// errUsage marks a wrong command line: exit code 2, no log line.
var errUsage = errors.New("wrong usage")

// errEvidence marks a broken promise that was found: exit code 3.
var errEvidence = errors.New("evidence found")

// run calls the subcommand and turns its error into an exit code: it is the
// one place that reports the final error.
func run(ctx context.Context, args []string, std streams) int {
	err := dispatch(ctx, args, std)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(std.err, "hexspot: %v\nRun 'hexspot --help'.\n", err)
		return 2
	}
	fmt.Fprintf(std.err, "hexspot: %v\n", err)
	if errors.Is(err, errEvidence) {
		return 3
	}
	return 1
}

func dispatch(ctx context.Context, args []string, std streams) error {
	if len(args) == 0 {
		usage(std.err)
		return fmt.Errorf("%w: no command given", errUsage)
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(std.out)
		return nil
	case "--version", "-version":
		return printVersion(ctx, nil, std)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], std)
		}
	}
	return fmt.Errorf("%w: no command %q", errUsage, args[0])
}

func usage(w io.Writer) {
	fmt.Fprint(w, "hexspot drives a LoRaWAN concentrator and forwards its packets.\n\nUsage: hexspot COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
First steps, as root:
  hexspot firmware import sx1302_hal/libloragw/src --out /var/lib/hexspot/firmware
  hexspot chip --bus usb:/dev/ttyACM0
  install -d /etc/hexspot && hexspot config > /etc/hexspot/hexspot.toml
  hexspot run --config /etc/hexspot/hexspot.toml

'hexspot COMMAND --help' tells more.
`)
}

// flags makes the flag set of a subcommand, whose help is its synopsis, its
// flags and its examples.
func flags(name, synopsis, examples string, std streams) *flag.FlagSet {
	set := flag.NewFlagSet("hexspot "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {
		fmt.Fprintf(std.out, "%s\n\nUsage: hexspot %s\n", synopsis, name)
		set.SetOutput(std.out)
		set.PrintDefaults()
		set.SetOutput(io.Discard)
		fmt.Fprintf(std.out, "\nExamples:\n  %s\n", strings.ReplaceAll(examples, "\n", "\n  "))
	}
	return set
}

// parse reads a subcommand's flags, which may stand before, between and behind
// its arguments, and gives the arguments.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %v", errUsage, err)
		}
		if set.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, set.Arg(0))
		args = set.Args()[1:]
	}
}

// parseOnly is parse for a subcommand that takes no arguments.
func parseOnly(set *flag.FlagSet, args []string) error {
	rest, err := parse(set, args)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: unexpected argument %q", errUsage, rest[0])
	}
	return err
}
