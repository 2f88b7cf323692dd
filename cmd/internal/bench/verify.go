package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/coverage"
	"hexspot/witness"
)

// VerifyConfig says how large an epoch is made and how it is verified.
type VerifyConfig struct {
	Hexnet       string // the program that verifies, in a process of its own
	Hotspots     int
	Beacons      int // one to four a hotspot
	Observations int
	Workers      int
	Dir          string // where the epoch is made, or found if it was made before with the same figures
	Progress     io.Writer
}

// epoch is the directory of the epoch.
func (c *VerifyConfig) epoch() string {
	return filepath.Join(c.Dir, fmt.Sprintf("epoch-%d-%d-%d", c.Hotspots, c.Beacons, c.Observations))
}

// Verify makes an epoch with real keys and signatures on disk, has it verified by a process of
// its own, so that nothing else is in its memory, and prints what that took.
func Verify(ctx context.Context, c VerifyConfig, out io.Writer) error {
	if _, err := os.Stat(c.epoch()); err != nil {
		fmt.Fprintln(c.Progress, "making an epoch in", c.epoch())
		if err := makeEpoch(ctx, c, c.epoch()); err != nil {
			return fmt.Errorf("making an epoch: %w", err)
		}
	}
	p, err := start(ctx, c.Progress, c.Hexnet, "bench", "verify", "--made", "--dir", c.Dir, "--hotspots", strconv.Itoa(c.Hotspots),
		"--beacons", strconv.Itoa(c.Beacons), "--observations", strconv.Itoa(c.Observations), "--workers", strconv.Itoa(c.Workers))
	if err != nil {
		return err
	}
	_, err = io.Copy(out, p.lines)
	return errors.Join(err, p.command.Wait())
}

// VerifyMade verifies an epoch that Verify made, and prints what that took of this process.
func VerifyMade(ctx context.Context, c VerifyConfig, out io.Writer) error {
	archive, err := simulate.OpenRecords(c.epoch())
	if err != nil {
		return err
	}
	snapshot, err := os.Open(filepath.Join(c.epoch(), snapshotName))
	if err != nil {
		return err
	}
	defer snapshot.Close()
	result := filepath.Join(c.Dir, "result")
	if err := os.RemoveAll(result); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(result) }()
	in := verifyInputs(archive, c.Workers)
	if _, in.Sites, err = coverage.StreamSnapshot(snapshot); err != nil {
		return err
	}
	var stages stageTimes
	var frugal verify.Frugal
	defer frugal.End()
	in.Progress = frugal.Progress(func(p verify.Progress) { stages.reach(p.Stage) })
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
		Records: func(_ context.Context, each func(verify.Record) error) error {
			return archive.Read(archive.Epochs[0], func(r simulate.Journaled) error {
				return each(verify.Record{Kind: r.Kind, Stamp: r.At, Message: r.Message})
			})
		},
		Workers: workers, Processor: threadTime,
	}
}

// The goal: an epoch of a million hotspots.
const (
	goalReports  = 60_000_000
	goalCores    = 2
	goalSettling = time.Minute
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
	fmt.Fprintf(w, "  valid: %d beacons, %d observations; dropped: %v; root %x\n", s.ValidBeacons, s.ValidObservations, len(s.Drops), s.Root)
	fmt.Fprintf(w, "  peak memory %d MB for %d stations, result %d MB\n", peak>>20, s.Stations, size>>20)
	goal := time.Duration(goalReports / rate / goalCores * float64(time.Second))
	fmt.Fprintf(w, "  at this rate %d M reports on %d cores take %v\n", goalReports/1_000_000, goalCores, goal.Round(time.Second))
	_, err = fmt.Fprintf(w, "  settling alone: processor %v to pay and %v to close accounts; of %d M reports on %d cores %v (goal %v)\n",
		s.Paying.Round(time.Millisecond), s.Closing.Round(time.Millisecond), goalReports/1_000_000, goalCores,
		settlingAtGoal(s).Round(time.Second), goalSettling)
	return err
}

// settlingAtGoal is how long an epoch of the goal is paid and closed: all cores pay, one closes.
func settlingAtGoal(s verify.Summary) time.Duration {
	if s.Reports() == 0 {
		return 0
	}
	here := s.Paying/goalCores + s.Closing
	return time.Duration(float64(here) * goalReports / float64(s.Reports()))
}

// threadTime is how long this thread was on a processor.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0 // Linux has it
	}
	return time.Duration(t.Nano())
}

// processorTime is what this process has used, user and system.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("asking for processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// peakMemory is the most that this process had in RAM.
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
