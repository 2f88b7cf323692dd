package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hexspot/cmd/internal/stations"
	"hexspot/internal/journal"
)

// LossConfig says how often to kill a network, and under what load.
type LossConfig struct {
	Hexnet   string // the program that is killed
	Kills    int
	Stations int
	Seed     uint64
	Progress io.Writer
}

// lifeMost is how long a life of the network lasts at most: most of them end in the
// middle of it, some while it starts.
const lifeMost = 1500 * time.Millisecond

// ErrLost says that something that was acknowledged is not in the journal.
var ErrLost = errors.New("acknowledged messages are lost")

// Loss kills `hexnet serve` (SIGKILL) at random instants while stations publish at
// QoS 1, and then compares what they saw acknowledged with the journal.
func Loss(ctx context.Context, c LossConfig, out io.Writer) error {
	dir, err := os.MkdirTemp("", "hexnet-loss-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	n := &network{hexnet: c.Hexnet, dir: dir, log: log}
	fleet, err := n.lives(ctx, c)
	if err != nil {
		return err
	}
	found, records, err := stored(ctx, n.data())
	if err != nil {
		return err
	}
	b := found.Balance(fleet.Acked())
	fmt.Fprintf(out, "%d kills, %d stations: %d messages acknowledged, %d lost, %d stored twice, %d stored and not acknowledged; %d records; load average %s\n",
		c.Kills, c.Stations, b.Acked, b.Lost, b.Again, b.Unasked, records, loadAverage())
	if b.Lost > 0 {
		return ErrLost
	}
	return nil
}

// lives starts the network and kills it, again and again; the last life ends well.
func (n *network) lives(ctx context.Context, c LossConfig) (*stations.Fleet, error) {
	if err := errors.Join(n.start(ctx), n.ready()); err != nil {
		return nil, err
	}
	fleet, err := n.fleet(stations.Config{Count: c.Stations})
	if err != nil {
		return nil, err
	}
	publishing, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(publishing) })
	defer running.Wait()
	defer stop()
	chance := rand.New(rand.NewPCG(c.Seed, 0))
	for i := range c.Kills {
		before := fleet.Total()
		life := time.Duration(chance.Int64N(int64(lifeMost)))
		if err := sleep(ctx, life); err != nil {
			return nil, err
		}
		n.serve.kill()
		fmt.Fprintf(c.Progress, "kill %d after %v: %d acknowledged in this life\n", i+1, life.Round(time.Millisecond), fleet.Total()-before)
		if err := n.start(ctx); err != nil {
			return nil, err
		}
	}
	if err := n.ready(); err != nil {
		return nil, err
	}
	total := fleet.Total()
	for begun := time.Now(); fleet.Total() < total+uint64(c.Stations); {
		if time.Since(begun) > loadTimeout {
			return nil, fmt.Errorf("after %d kills nothing is acknowledged any more", c.Kills)
		}
		if err := sleep(ctx, feedLook); err != nil {
			return nil, err
		}
	}
	stop()
	running.Wait()
	return fleet, n.serve.stop()
}

// stored counts what is in the journal of a data directory.
func stored(ctx context.Context, data string) (found stations.Found, records int, err error) {
	j, err := journal.Open(ctx, journal.Config{}, data, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	found = stations.Found{}
	err = j.Read(ctx, journal.Query{}, func(r journal.Record) error {
		records++
		if !found.Add(r.Data) {
			return fmt.Errorf("record %d is none of ours", r.Seq)
		}
		return nil
	})
	return found, records, err
}
