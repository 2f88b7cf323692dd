package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/stations"
	"hexspot/internal/journal"
)

// LossConfig says how often to kill a network, and under what load.
type LossConfig struct {
	Hexnet   string // the program that is killed
	Kills    int
	Stations int
	Life     time.Duration // that a life of the network has at most: some end while it starts
	Reports  time.Duration // between two reports of a station; 0: no proof of coverage
	Seed     uint64
	Progress io.Writer
}

// ErrLost says that something that was acknowledged is not kept, or not as it was said.
var ErrLost = errors.New("the network has not kept what it acknowledged, or has published what it must not")

// Loss kills `hexnet serve` (SIGKILL) at random instants while stations publish uplinks
// at QoS 1 and make reports, and then compares what they were told with what is kept.
func Loss(ctx context.Context, c LossConfig, out io.Writer) error {
	return serving("", c.Hexnet, func(n *server) error { return n.loss(ctx, c, out) })
}

func (n *server) loss(ctx context.Context, c LossConfig, out io.Writer) error {
	n.coverage = c.Reports > 0
	begun := time.Now()
	l, err := n.lives(ctx, c)
	if err != nil {
		return err
	}
	a, err := n.audit(ctx, l.fleet)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d kills in %v, %d of them after something was acknowledged in that life; %d stations; load average %s\n",
		c.Kills, time.Since(begun).Round(time.Second), l.served, c.Stations, loadAverage())
	fmt.Fprint(out, a)
	if c.Reports > 0 {
		r := l.fleet.Reported()
		values, _ := l.fleet.Values()
		fmt.Fprintf(out, "stations: %d reports sent again had their first receipt again, %d refused for their pace; values of %d slots, the present one among them at the end\n",
			r.Again, r.Paced, values)
	}
	for _, problem := range a.Problems() {
		fmt.Fprintln(out, "WRONG:", problem)
	}
	if len(a.Problems()) > 0 {
		return ErrLost
	}
	return nil
}

// lives is what came of a network's lives.
type lives struct {
	fleet  *stations.Fleet
	served int // kills after something was acknowledged in that life
}

// lives starts the network and kills it, again and again; the last life ends well.
func (n *server) lives(ctx context.Context, c LossConfig) (l lives, err error) {
	if err := errors.Join(n.start(ctx), n.ready()); err != nil {
		return l, err
	}
	if l.fleet, err = n.fleet(stations.Config{Count: c.Stations, Reports: c.Reports}); err != nil {
		return l, err
	}
	publishing, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { l.fleet.Run(publishing) })
	defer running.Wait()
	defer stop()
	chance := rand.New(rand.NewPCG(c.Seed, 0))
	for i := range c.Kills {
		before := l.fleet.Total()
		life := time.Duration(chance.Int64N(int64(c.Life)))
		if err := sleep(ctx, life); err != nil {
			return l, err
		}
		n.serve.kill()
		acked := l.fleet.Total() - before
		l.served += int(min(acked, 1))
		fmt.Fprintf(c.Progress, "kill %d after %v: %d uplinks acknowledged in this life\n", i+1, life.Round(time.Millisecond), acked)
		if err := n.start(ctx); err != nil {
			return l, err
		}
	}
	if err := n.lastLife(ctx, l.fleet, c); err != nil {
		return l, err
	}
	stop()
	running.Wait()
	return l, n.serve.stop()
}

// lastLife waits until stations have been served again, and the present slot's value has
// come.
func (n *server) lastLife(ctx context.Context, fleet *stations.Fleet, c LossConfig) error {
	if err := n.ready(); err != nil {
		return err
	}
	uplinks, reports := fleet.Total(), fleet.Receipts()
	for begun := time.Now(); ; {
		switch {
		case fleet.Total() < uplinks+uint64(c.Stations):
		case c.Reports > 0 && (fleet.Receipts() < reports+2*c.Stations || !hasValue(fleet)):
		default:
			return nil
		}
		if time.Since(begun) > loadTimeout {
			return fmt.Errorf("after %d kills not all is acknowledged any more", c.Kills)
		}
		if err := sleep(ctx, lossLook); err != nil {
			return err
		}
	}
}

// hasValue says whether stations have the value of the present slot.
func hasValue(fleet *stations.Fleet) bool {
	_, behind := fleet.Values()
	return behind == 0
}

// lossLook is how often it is looked whether all stations are served again.
const lossLook = 50 * time.Millisecond

// audit compares what stations were told with what is in the data directory.
func (n *server) audit(ctx context.Context, fleet *stations.Fleet) (a stations.Audit, err error) {
	j, err := journal.Open(ctx, journal.Config{}, n.data(), slog.New(slog.DiscardHandler))
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if !n.coverage {
		return fleet.Audit(ctx, stations.Kept{Journal: j})
	}
	t, err := timing()
	if err != nil {
		return a, err
	}
	records, err := network.Data(n.data()).Records(t)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	return fleet.Audit(ctx, stations.Kept{Journal: j, Book: records.Book, Signer: records.Signer})
}
