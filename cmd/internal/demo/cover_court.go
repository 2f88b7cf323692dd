package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// court judges a town's cases as they close, from the records of the network's journal.
type court struct {
	*cover
	book siteBook

	mu     sync.Mutex
	docket *verify.Docket
	judged map[caseName]bool
	finals witness.Epoch // the next whose verdicts are read; 0: none was looked for
}

// caseName tells cases apart.
type caseName struct {
	tag  witness.Tag
	slot uint64
}

// How a court sits: cases are looked at that often, and that long after they have closed,
// so that what came in time has come through the journal.
const (
	sitEvery   = 500 * time.Millisecond
	afterClose = 500 * time.Millisecond
	rememberOf = 2 // epochs back whose records are kept

	rememberMost = 30 // the same while the network's verdicts on them are awaited
)

func newCourt(c *cover) *court {
	return &court{cover: c, judged: map[caseName]bool{}}
}

// run judges until ctx ends.
func (c *court) run(ctx context.Context) error {
	book, err := c.data.Book(ctx, "")
	if err != nil {
		return err
	}
	defer book.Close()
	c.book = siteBook{book: book, known: map[siteName]witness.SiteFacts{}}
	c.docket = verify.NewDocket(verify.Facts{Network: c.id, Timing: c.schedule.Timing, Parameters: c.parameters, Sites: c.book.site})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.read(ctx) })
	group.Go(func() error { return c.judge(ctx) })
	return group.Wait()
}

// judge looks for cases that have closed, and for epochs that were verified, until ctx
// ends.
func (c *court) judge(ctx context.Context) error {
	ticker := time.NewTicker(sitEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := c.sit(witness.MillisOf(time.Now().Add(-afterClose))); err != nil {
				return fmt.Errorf("judging beacons: %w", err)
			}
			if err := c.lookForFinals(); err != nil {
				return fmt.Errorf("reading the network's verdicts: %w", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// read takes the journal's records as they come.
func (c *court) read(ctx context.Context) error {
	return c.network.Follow(ctx, func(r verify.Record) error {
		c.proof.Record(r.Kind, r.Stamp, r.Message)
		if r.Kind == string(radio.KindBeacon) || r.Kind == string(radio.KindWitness) {
			c.record.Reported()
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		_ = c.docket.Add(r) // what is dropped is counted there
		return nil
	})
}

// sit judges what a time has closed.
func (c *court) sit(now witness.Millis) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	cases, err := c.docket.Cases()
	if err == nil {
		err = c.book.err
	}
	if err != nil {
		return err
	}
	index := witness.NewBeaconIndex()
	for i := range cases {
		index.Add(&cases[i])
	}
	for _, one := range cases {
		name := caseName{one.Tag, one.Slot}
		if one.Close > int64(now) || c.judged[name] {
			continue
		}
		c.judged[name] = true
		one = index.Relate(one, witness.State{}.At)
		v := witness.Judge(&one, c.parameters)
		c.proof.Verdict(v, false)
		c.cover.record.Judged(&one, &v, nil)
	}
	c.docket.Forget(c.oldest(c.epochAt(now)))
	return nil
}

// oldest is the first epoch whose records are of use: the network may be late with its
// verdicts.
func (c *court) oldest(now witness.Epoch) witness.Epoch {
	before := func(n witness.Epoch) witness.Epoch { return now - min(now, n) }
	return max(min(c.finals, before(rememberOf)), before(rememberMost))
}
