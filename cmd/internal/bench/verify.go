package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/witness"
)

// VerifyConfig says how large an epoch is made and how it is verified.
type VerifyConfig struct {
	Beacons      int
	Observations int
	Workers      int
	Dir          string // where the epoch is made, or found if it was made before with the same figures
	Progress     io.Writer
}

// Verify makes an epoch with real keys and signatures on disk, verifies it, and prints
// what that took.
func Verify(ctx context.Context, c VerifyConfig, out io.Writer) error {
	dir := filepath.Join(c.Dir, fmt.Sprintf("epoch-%d-%d", c.Beacons, c.Observations))
	if _, err := os.Stat(dir); err != nil {
		fmt.Fprintln(c.Progress, "making an epoch in", dir)
		if err := makeEpoch(ctx, c, dir); err != nil {
			return fmt.Errorf("making an epoch: %w", err)
		}
	}
	archive, err := simulate.OpenArchive(dir)
	if err != nil {
		return err
	}
	result := filepath.Join(c.Dir, "result")
	if err := os.RemoveAll(result); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(result) }()
	debug.FreeOSMemory()
	if err := forgetPeak(); err != nil {
		return err
	}
	in := verifyInputs(archive, c.Workers)
	var stages stageTimes
	in.Progress = func(p verify.Progress) { stages.reach(p.Stage) }
	stages.reach(verify.StageReading)
	summary, err := verify.Epoch(ctx, in, result)
	if err != nil {
		return err
	}
	stages.reach("")
	if stages.fault != nil {
		return stages.fault
	}
	return tellVerified(out, c, summary, stages, result)
}

func verifyInputs(archive *simulate.Archived, workers int) verify.Inputs {
	p, timing := epochRules()
	return verify.Inputs{
		Network: archive.Network, Timing: timing, Epoch: archive.Epochs[0], Parameters: []*witness.Parameters{p},
		Sites: verify.Listed(archive.Sites),
		Records: func(_ context.Context, each func(verify.Record) error) error {
			return archive.Read(archive.Epochs[0], func(r simulate.Journaled) error {
				return each(verify.Record{Kind: r.Kind, Stamp: r.At, Message: r.Message})
			})
		},
		Workers: workers,
	}
}

// The goal: an epoch of a million hotspots.
const (
	goalReports = 60_000_000
	goalCores   = 2
)

func tellVerified(w io.Writer, c VerifyConfig, s verify.Summary, stages stageTimes, result string) error {
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	size, err := directorySize(result)
	if err != nil {
		return err
	}
	cpu := stages.sum()
	rate := float64(s.Reports()) / cpu.Seconds()
	fmt.Fprintf(w, "verified %d beacons and %d observations in %d records with %d workers\n", s.Beacons, s.Observations, s.Records, c.Workers)
	fmt.Fprintf(w, "  wall %v, processor %v, load %s\n", s.Took.Round(time.Millisecond), cpu.Round(time.Millisecond), busyness())
	fmt.Fprintf(w, "  processor by stage: %s\n", stages)
	fmt.Fprintf(w, "  %.0f reports/s/core, signatures %.0f %% of the work (%d of records, %d openings)\n", rate, 100*s.SigningShare(), s.Signatures, s.Openings)
	fmt.Fprintf(w, "  valid: %d beacons, %d observations; dropped: %v\n", s.ValidBeacons, s.ValidObservations, len(s.Drops))
	fmt.Fprintf(w, "  peak memory %d MB for %d stations, result %d MB\n", peak>>20, s.Stations, size>>20)
	goal := time.Duration(goalReports / rate / goalCores * float64(time.Second))
	_, err = fmt.Fprintf(w, "  at this rate %d M reports on %d cores take %v\n", goalReports/1_000_000, goalCores, goal.Round(time.Second))
	return err
}

// processorTime is what this process has used, user and system.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("asking for processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// forgetPeak lets the peak of memory begin anew.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peakMemory() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, text, _ := strings.Cut(string(b), "VmHWM:")
	text, _, found := strings.Cut(text, " kB")
	if !found {
		return 0, fmt.Errorf("there is no peak of memory in /proc/self/status")
	}
	kB, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return kB << 10, err
}

func busyness() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}

func directorySize(dir string) (size int64, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		info, failed := e.Info()
		if failed != nil {
			return 0, failed
		}
		size += info.Size()
	}
	return size, err
}
