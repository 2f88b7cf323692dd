package journal

import (
	"context"
	"errors"
	"time"
)

// sink is what the committer stores entries in. Both calls end when their ctx does.
type sink interface {
	// each stores entries on their own and gives the outcome of each. It is durable with
	// nil, and with errDuplicate, which says that it was there before.
	each(ctx context.Context, entries []entry) []error
	// together stores all or none of the entries. errDuplicate: none, for at least
	// one is there.
	together(ctx context.Context, entries []entry) error
}

// togetherFrom is where a batch begins to pay: below it one sync for each costs less than
// the four of a batch.
const togetherFrom = 12

// queueLength bounds who waits to be taken; the others wait to be in the queue.
const queueLength = 1024

// Pauses between attempts that failed.
const (
	firstPause = 20 * time.Millisecond
	maxPause   = 500 * time.Millisecond
)

// waiter is an Append that waits.
type waiter struct {
	entry
	ctx   context.Context // when it ends, nobody waits any more
	done  chan error      // for one outcome
	tried bool            // without an answer: it may be there because of that
}

// committer takes what waits and stores it in groups. One goroutine runs it.
type committer struct {
	sink   sink
	queue  chan *waiter
	ended  chan struct{} // closed when run returns
	held   []*waiter     // of the next group: their ids are in the present one
	stored recentIDs
	next   forecast
	used   usage
}

func newCommitter(s sink) *committer {
	return &committer{sink: s, queue: make(chan *waiter, queueLength), ended: make(chan struct{}), stored: newRecentIDs(recentLength)}
}

// append waits until the entry is durable, or ctx ends.
func (c *committer) append(ctx context.Context, e entry) error {
	w := &waiter{entry: e, ctx: ctx, done: make(chan error, 1)}
	select {
	case c.queue <- w:
	case <-c.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-w.done:
		return err
	case <-c.ended:
		return w.atEnd()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// atEnd is the outcome when the committer has ended, which may have been settled before.
func (w *waiter) atEnd() error {
	select {
	case err := <-w.done:
		return err
	default:
		return ErrClosed
	}
}

// run commits until ctx ends. It is not started again.
func (c *committer) run(ctx context.Context) {
	defer close(c.ended)
	for {
		group, ok := c.gather(ctx)
		if !ok {
			return
		}
		c.commit(ctx, group)
	}
}

// commit tries until everybody in the group has an outcome or has gone.
func (c *committer) commit(ctx context.Context, group []*waiter) {
	group = c.unknown(group)
	for pause := firstPause; len(group) > 0; pause = min(2*pause, maxPause) {
		group = c.attempt(ctx, group)
		if len(group) == 0 || !sleep(ctx, pause) {
			return
		}
		group = present(group)
	}
}

// unknown settles entries that are known to be stored, and gives the others that
// somebody still waits for.
func (c *committer) unknown(group []*waiter) (rest []*waiter) {
	for _, w := range present(group) {
		if c.stored.has(w.id) {
			w.done <- nil
			continue
		}
		rest = append(rest, w)
	}
	return rest
}

func present(group []*waiter) (rest []*waiter) {
	for _, w := range group {
		if w.ctx.Err() == nil {
			rest = append(rest, w)
		}
	}
	return rest
}

// attempt stores a group and gives those that may be tried again.
func (c *committer) attempt(ctx context.Context, group []*waiter) (again []*waiter) {
	begun := time.Now()
	outcomes := c.store(ctx, entriesOf(group))
	// Before anybody is acknowledged: who comes back at once shall not count twice.
	c.next = expect(len(group)+len(c.held)+len(c.queue), begun, time.Now())
	for i, err := range outcomes {
		w := group[i]
		switch {
		case err == nil, errors.Is(err, errDuplicate):
			if err == nil || w.tried {
				c.used.add(w.entry)
			}
			c.stored.add(w.id)
			w.done <- nil
		case errors.Is(err, ErrFull) || errors.Is(err, ErrInvalid):
			w.done <- err
		default:
			w.tried = true
			again = append(again, w)
		}
	}
	return again
}

func entriesOf(group []*waiter) []entry {
	entries := make([]entry, len(group))
	for i, w := range group {
		entries[i] = w.entry
	}
	return entries
}

// store chooses the cheaper way. An entry may be in the log already, when an
// attempt before or a process before had no answer: then each goes on its own.
func (c *committer) store(ctx context.Context, entries []entry) []error {
	if len(entries) < togetherFrom {
		return c.sink.each(ctx, entries)
	}
	err := c.sink.together(ctx, entries)
	if errors.Is(err, errDuplicate) {
		return c.sink.each(ctx, entries)
	}
	outcomes := make([]error, len(entries))
	for i := range outcomes {
		outcomes[i] = err
	}
	return outcomes
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
