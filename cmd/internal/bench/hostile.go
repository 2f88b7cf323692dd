package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"hexspot/cmd/internal/hostile"
	"hexspot/cmd/internal/stations"
	"hexspot/radio"
)

// HostileConfig says how many honest stations bear hostile ones, and for how long.
type HostileConfig struct {
	Hexnet   string // the program that serves
	Stations int
	Alone    time.Duration // honest stations
	Attacked time.Duration // at least
	Bound    hostile.Bound
	Progress io.Writer
}

// The rates of honest stations.
const (
	honestPace    = 100 * time.Millisecond
	honestReports = 250 * time.Millisecond
)

// patience is connect_timeout by default.
const patience = 10 * time.Second

// ErrHarmed says that honest stations were harmed, or that something hostile did not end
// as it must.
var ErrHarmed = errors.New("hostile clients have not ended as they must, or have harmed honest ones")

// Hostile runs `hexnet serve` as it is by default, with honest stations, and then with
// every kind of attack as well, and compares what stations were told with what is kept.
func Hostile(ctx context.Context, c HostileConfig, out io.Writer) error {
	return serving("", c.Hexnet, func(n *server) error { return n.hostile(ctx, c, out) })
}

func (n *server) hostile(ctx context.Context, c HostileConfig, out io.Writer) error {
	n.coverage, n.limited = true, true
	if err := errors.Join(n.start(ctx), n.ready()); err != nil {
		return err
	}
	fleet, problems, err := n.attacked(ctx, c, out)
	if err := errors.Join(err, n.serve.stop()); err != nil {
		return err
	}
	a, err := n.audit(ctx, fleet)
	if err != nil {
		return err
	}
	fmt.Fprint(out, a)
	problems = append(problems, a.Problems()...)
	for _, problem := range problems {
		fmt.Fprintln(out, "WRONG:", problem)
	}
	if len(problems) > 0 {
		return ErrHarmed
	}
	return nil
}

// attacked runs honest stations, alone and then under attack.
func (n *server) attacked(ctx context.Context, c HostileConfig, out io.Writer) (*stations.Fleet, []string, error) {
	target, err := n.target()
	if err != nil {
		return nil, nil, err
	}
	fleet, err := n.fleet(stations.Config{Count: c.Stations, Pace: honestPace, Reports: honestReports})
	if err != nil {
		return nil, nil, err
	}
	publishing, stop := context.WithCancel(ctx)
	ran := make(chan struct{})
	go func() { fleet.Run(publishing); close(ran) }()
	defer func() { stop(); <-ran }()
	for fleet.Receipts() < 2*c.Stations {
		if err := sleep(ctx, lossLook); err != nil {
			return nil, nil, err
		}
	}
	memory := n.watchMemory(ctx)
	fmt.Fprintf(c.Progress, "%d honest stations for %v, then all attacks for %v\n", c.Stations, c.Alone, c.Attacked)
	trial, err := hostile.Try(ctx, target, fleet, c.Stations, c.Alone, c.Attacked)
	if err != nil {
		return nil, nil, err
	}
	before, most := memory()
	fmt.Fprintf(out, "%smemory of the network: RSS %.1f MB before, %.1f MB at most; load average %s\n",
		trial, float64(before)/1e6, float64(most)/1e6, loadAverage())
	return fleet, trial.Problems(c.Bound), nil
}

func (n *server) target() (t hostile.Target, err error) {
	if t.Address, err = netip.ParseAddrPort(strings.TrimPrefix(n.url, "tcp://")); err != nil {
		return t, err
	}
	if t.Network, err = radio.ParseNetwork(n.id); err != nil {
		return t, err
	}
	t.Patience = patience
	t.Timing, err = timing()
	return t, err
}

// memoryEach is how often the network's memory is looked at.
const memoryEach = 100 * time.Millisecond

// watchMemory looks at the network's memory until what it returns is called, which gives
// the first and the most that it saw, in bytes.
func (n *server) watchMemory(ctx context.Context) func() (first, most int64) {
	ctx, stop := context.WithCancel(ctx)
	var first, most int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if m, err := memoryOf(n.serve.id()); err == nil {
				if first == 0 {
					first = m.rss
				}
				most = max(most, m.rss)
			}
			_ = sleep(ctx, memoryEach)
		}
	}()
	return func() (int64, int64) { stop(); <-done; return first, most }
}
