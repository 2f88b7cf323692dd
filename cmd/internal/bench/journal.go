package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/stations"
	"hexspot/internal/journal"
)

// JournalConfig says what to measure the journal with.
type JournalConfig struct {
	Hexnet   string
	Dir      string        // on the disk that is measured; "": the temporary directory
	Duration time.Duration // of each row
	Reports  bool          // of proof of coverage, instead of uplinks
	Progress io.Writer
}

// Journal measures durable ingest, in this process and through the broker of
// another, or what becomes of reports, and writes a table.
func Journal(ctx context.Context, c JournalConfig, out io.Writer) error {
	return serving(c.Dir, c.Hexnet, func(n *server) error { return n.journal(ctx, c, out) })
}

func (n *server) journal(ctx context.Context, c JournalConfig, out io.Writer) error {
	t := &journalTable{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, "WHAT\tPER SECOND\tP50\tP99\tMEMORY\tLOAD AVERAGE")
	n.coverage = c.Reports
	loads, times := reportLoads, (*stations.Fleet).ReportsTook
	if !c.Reports {
		loads, times = uplinkLoads, (*stations.Fleet).Took
		if err := appends(ctx, t, n.dir, c); err != nil {
			return err
		}
	}
	if err := errors.Join(n.start(ctx), n.ready()); err != nil {
		return err
	}
	for _, l := range loads {
		fmt.Fprintln(c.Progress, l.what)
		took, memory, err := n.load(ctx, l, c.Duration, times)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", l.what, err), n.serve.stop())
		}
		t.row(l.what, took, c.Duration, fmt.Sprintf("RSS %.1f MB", float64(memory.rss)/1e6))
	}
	if err := n.serve.stop(); err != nil {
		return err
	}
	return t.w.Flush()
}

// fleetLoad is a fleet whose answers are measured.
type fleetLoad struct {
	config stations.Config
	what   string
	rest   time.Duration // before the row, with all stations connected
}

// How long after work a network has given back what it does not need: what is garbage at
// once, and what it does not remember any more.
const (
	shortRest = 15 * time.Second
	longRest  = 200 * time.Second
)

// uplinkLoads are measured from a station's publication to its PUBACK.
var uplinkLoads = []fleetLoad{
	{config: stations.Config{Count: 1000, Pace: time.Hour}, what: "idle, 1000 stations", rest: shortRest},
	{config: stations.Config{Count: 1}, what: "PUBACK, 1 station at full speed"},
	{config: stations.Config{Count: 100}, what: "PUBACK, 100 stations at full speed"},
	{config: stations.Config{Count: 1000}, what: "PUBACK, 1000 stations at full speed"},
	{config: stations.Config{Count: 1, Pace: time.Second}, what: "PUBACK, 1 station, 1/s"},
	{config: stations.Config{Count: 100, Pace: time.Second}, what: "PUBACK, 100 stations, 1/s each"},
	{config: stations.Config{Count: 1000, Pace: time.Second}, what: "PUBACK, 1000 stations, 1/s each"},
	{config: stations.Config{Count: 1000, Pace: time.Hour}, what: "idle again, 1000 stations", rest: longRest},
}

// reportLoads are measured from a station's report to its receipt: signature, journal, log.
var reportLoads = []fleetLoad{
	{config: stations.Config{Count: 1, Pace: time.Hour, Reports: 100 * time.Millisecond}, what: "receipt, 1 station, 10/s"},
	{config: stations.Config{Count: 100, Pace: time.Hour, Reports: time.Second}, what: "receipt, 100 stations, 1/s each"},
	{config: stations.Config{Count: 1000, Pace: time.Hour, Reports: time.Second}, what: "receipt, 1000 stations, 1/s each"},
	{config: stations.Config{Count: 100, Pace: time.Hour, Reports: 100 * time.Millisecond}, what: "receipt, 100 stations, 10/s each"},
	{config: stations.Config{Count: 1000, Pace: time.Hour, Reports: 100 * time.Millisecond}, what: "receipt, 1000 stations, at most 10/s each"},
}

// journalTable is the result.
type journalTable struct{ w *tabwriter.Writer }

func (t *journalTable) row(what string, took []time.Duration, over time.Duration, memory string) {
	if len(took) == 0 {
		took = []time.Duration{0}
	}
	slices.Sort(took)
	at := func(percent int) time.Duration {
		return took[min(len(took)-1, len(took)*percent/100)].Round(10 * time.Microsecond)
	}
	fmt.Fprintf(t.w, "%s\t%.0f\t%v\t%v\t%s\t%s\n", what, float64(len(took))/over.Seconds(), at(50), at(99), memory, loadAverage())
}

// appends measures the journal in this process.
func appends(ctx context.Context, t *journalTable, dir string, c JournalConfig) error {
	for _, inFlight := range []int{1, 16, 100, 256, 1000} {
		fmt.Fprintf(c.Progress, "durable ingest, %d in flight\n", inFlight)
		if err := appending(ctx, t, filepath.Join(dir, fmt.Sprint("ingest", inFlight)), c.Duration, inFlight); err != nil {
			return err
		}
	}
	return nil
}

// appending appends with so many goroutines.
func appending(ctx context.Context, t *journalTable, dir string, over time.Duration, inFlight int) error {
	j, err := journal.Open(ctx, journal.Config{}, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- j.Run(running) }()
	took, err := appendFor(ctx, j, over, inFlight)
	stop()
	<-ran
	if closed := j.Close(); err == nil {
		err = closed
	}
	t.row(fmt.Sprintf("append, %d in flight", inFlight), took, over, "")
	return err
}

func appendFor(ctx context.Context, j *journal.Journal, over time.Duration, inFlight int) (all []time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var group sync.WaitGroup
	var number atomic.Uint64
	data := make([]byte, payloadBytes)
	end := time.Now().Add(over)
	for range inFlight {
		group.Go(func() {
			var took []time.Duration
			for begun := time.Now(); begun.Before(end); begun = time.Now() {
				if err := j.Append(ctx, "pkt.0200000000000001.up", fmt.Sprint(number.Add(1)), data); err != nil {
					cancel(err)
					return
				}
				took = append(took, time.Since(begun))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	group.Wait()
	return all, context.Cause(ctx)
}

// load runs stations until all are online, lets them rest, and then runs them for a while, and
// gives what took so long meanwhile.
func (n *server) load(ctx context.Context, l fleetLoad, over time.Duration, times func(*stations.Fleet) []time.Duration) ([]time.Duration, memory, error) {
	fleet, err := n.fleet(l.config)
	if err != nil {
		return nil, memory{}, err
	}
	publishing, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(publishing) })
	defer running.Wait()
	defer stop()
	for begun := time.Now(); fleet.Online() < l.config.Count; {
		if time.Since(begun) > loadTimeout {
			return nil, memory{}, fmt.Errorf("%d of %d stations are online", fleet.Online(), l.config.Count)
		}
		if err := sleep(ctx, feedLook); err != nil {
			return nil, memory{}, err
		}
	}
	if err := sleep(ctx, l.rest); err != nil {
		return nil, memory{}, err
	}
	times(fleet)
	if err := sleep(ctx, over); err != nil {
		return nil, memory{}, err
	}
	took := times(fleet)
	m, err := memoryOf(n.serve.id())
	return took, m, err
}

// loadAverage is the machine's, for figures mean little beside other work.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
