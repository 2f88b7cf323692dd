package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/cmd/internal/version"
	"hexspot/witness"
)

// verifyCommand verifies an epoch again, or a simulated network.
type verifyCommand struct {
	Epoch   *uint64 `help:"Which epoch of --data. Default: the newest that is verified." placeholder:"N"`
	Records string  `help:"Verify what 'hexnet simulate --out' wrote, instead." type:"existingdir" placeholder:"DIR" xor:"what"`
	Rules   string  `help:"By which set of rules to judge --records: ${enum}. The simulation has judged by hexspot-1; the verdicts of another set are compared with nothing." enum:"hexspot-1,helium-2026-05" default:"hexspot-1"`
	Config  string  `help:"Configuration file of hexnet serve. Default: none, all as by default." type:"existingfile" placeholder:"FILE"`
	Workers int     `help:"Goroutines. Default: one a processor."`
	Out     string  `help:"Keep the result in this directory, which must not exist. Default: it is compared and removed." type:"path" placeholder:"DIR"`
	IDs     string  `help:"Write the ids of the reports that are in the epoch's log, and whose records are sound, into this file, 32 bytes each, for 'hexspot receipts check --records'." type:"path" placeholder:"FILE" name:"ids"`
	Quiet   bool    `help:"No progress on standard error."`
	networkFlag
}

// Help has the examples.
func (verifyCommand) Help() string {
	return `Makes the verdicts of an epoch from the records, and says whether they are those that hexnet serve has
published, byte for byte: the exit code is 0 only then, or if nothing is published. While hexnet serve
runs it reads the files that the journal was rolled into, and nothing that is younger. It needs no key: a copy of
the data directory without network.key and the directory entropy is enough.

With --records it verifies each epoch of a simulated network, and compares with the verdicts of
the simulation, which knew the facts without records; or judges them by the other set of rules. The epochs of a network
are judged by the set that their anchors state.

Examples:
  hexnet witness verify --data /var/lib/hexnet --epoch 20785
  hexnet witness verify --data /var/lib/hexnet --epoch 20785 --ids records.ids
  hexnet simulate --hotspots 300 --epochs 2 --cheaters all=0.05 --out reports
  hexnet witness verify --records reports
  hexnet witness verify --records reports --rules helium-2026-05`
}

// Run verifies and compares.
func (v verifyCommand) Run(ctx context.Context, c *commands, std streams, log *slog.Logger) (err error) {
	if err := v.check(); err != nil {
		return usageError{err}
	}
	if v.Workers == 0 {
		v.Workers = runtime.GOMAXPROCS(0)
	}
	if v.Out == "" {
		scratch, err := os.MkdirTemp("", "hexnet-verify-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
		v.Out = filepath.Join(scratch, "result")
	}
	var telling *progress
	if !v.Quiet {
		telling = newProgress(std.err)
	}
	defer telling.stop()
	var frugal verify.Frugal
	defer frugal.End()
	progress := frugal.Progress(telling.take())
	if v.Records != "" {
		return v.simulated(ctx, std.out, progress)
	}
	id, err := v.named()
	if err != nil {
		return err
	}
	config, err := network.Load(v.Config)
	if err != nil {
		return err
	}
	again := network.Reverification{
		Config: config, Data: network.Data(c.Data), Network: id, Epoch: (*witness.Epoch)(v.Epoch), Workers: v.Workers, Out: v.Out,
		Progress: progress, Log: log,
	}
	var found network.Reverified
	err = v.listed(&again, func() (err error) {
		found, err = again.Run(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return tellReverified(std.out, found)
}

// check refuses what does not go together.
func (v verifyCommand) check() error {
	switch {
	case v.Workers < 0:
		return fmt.Errorf("--workers %d: want 1 or more", v.Workers)
	case v.Records == "" && v.Rules != simulate.Rules:
		return errors.New("--rules is of --records: the epochs of a network are judged by the set that their anchors state")
	case v.Records == "":
		return nil
	case v.IDs != "":
		return errors.New("--ids is of the records of a network: a simulation gives no receipts")
	case v.Epoch != nil:
		return errors.New("--epoch is of --data: of --records every epoch is verified, each with the state of the one before")
	}
	return nil
}

// listed has a verification write its list of ids, if one is asked for. The file is whole or
// not there.
func (v verifyCommand) listed(again *network.Reverification, run func() error) error {
	if v.IDs == "" {
		return run()
	}
	part, err := os.CreateTemp(filepath.Dir(v.IDs), filepath.Base(v.IDs)+".*.part")
	if err != nil {
		return fmt.Errorf("the list of ids: %w", err)
	}
	out := bufio.NewWriter(part)
	again.IDs = out
	if err = errors.Join(run(), out.Flush(), part.Chmod(0o644), part.Close()); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	if err := os.Rename(part.Name(), v.IDs); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

func tellReverified(w io.Writer, found network.Reverified) error {
	if err := writeVerified(w, found.Summary); err != nil {
		return err
	}
	if found.FilesOnly {
		fmt.Fprintln(w, "the network runs: only files that were rolled off were read")
	}
	switch {
	case !found.Published:
		_, err := fmt.Fprintln(w, "nothing is published of this epoch")
		return err
	case len(found.Differ) > 0:
		return differing("the published result is another one", found.Differ)
	}
	_, err := fmt.Fprintln(w, "the same as published, byte for byte")
	return err
}

// differing says which files of two results differ, and what may be behind it: figures are anchored,
// but formulas are those of a version of the program.
func differing(what string, files []string) error {
	return fmt.Errorf("%s: %s differ: it was made from other records, sites or denials than are here, or by another build, whose formulas may be others: "+
		"verify with the build that made it ('hexnet version' says which; this is %s), CHANGELOG.md tells what changed verdicts",
		what, strings.Join(files, ", "), version.String("hexnet"))
}

func writeVerified(w io.Writer, s verify.Summary) error {
	fmt.Fprintf(w, "epoch %d, rules %s, root %x\n", s.Epoch, s.Rules, s.Root)
	fmt.Fprintf(w, "  %d records, dropped: %s\n", s.Records, orNone(s.Drops.String()))
	fmt.Fprintf(w, "  %d beacons, %d valid; %d observations, %d valid, %d orphans; %d too late\n",
		s.Beacons, s.ValidBeacons, s.Observations, s.ValidObservations, s.Orphans, s.Late)
	fmt.Fprintf(w, "  %d selected; shares %d to beaconers, %d to witnesses (10^-8)\n", s.Selected, s.BeaconShares, s.WitnessShares)
	_, err := fmt.Fprintf(w, "  %v, signatures %.0f %% of the work\n", s.Took.Round(time.Millisecond), 100*s.SigningShare())
	return err
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
