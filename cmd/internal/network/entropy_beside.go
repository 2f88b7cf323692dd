package network

import (
	"context"
	"errors"
	"time"

	"hexspot/witness"
)

// How long work beside may take.
const (
	patienceBeside = 20 * time.Second // somewhat longer than the journal tries
	recallPatience = 2 * time.Minute  // to read a log of the usual limit, 4 GiB, from a slow disk; nothing else waits for it
)

// besides is work that waits for the journal or long for the book. It is done beside the steps,
// one after the other, so that values are on time whatever those do. What follows from it the
// steps do.
type besides struct {
	patience time.Duration
	waiting  []work
	running  bool
	done     chan conclusion
}

// work may take long. It touches nothing of the entropy that changes.
type work func(ctx context.Context) conclusion

// conclusion is what follows from work.
type conclusion func(ctx context.Context) error

func newBesides(patience time.Duration) besides {
	return besides{patience: patience, done: make(chan conclusion, 1)}
}

// add has work done when its turn comes. At most there is some for each anchor, for each chain
// that was given up, and for one value.
func (b *besides) add(ctx context.Context, w work) {
	b.waiting = append(b.waiting, w)
	b.next(ctx)
}

// next begins the next work unless there is some under way, whose conclusion always has room.
func (b *besides) next(ctx context.Context) {
	if b.running || len(b.waiting) == 0 {
		return
	}
	w := b.waiting[0]
	b.waiting, b.running = b.waiting[1:], true
	go func() {
		within, cancel := context.WithTimeout(ctx, b.patience)
		defer cancel()
		b.done <- w(within)
	}()
}

// conclude does what follows from work that is done, and begins the next.
func (b *besides) conclude(ctx context.Context, c conclusion) error {
	b.running = false
	err := c(ctx)
	b.next(ctx)
	return err
}

// end waits for the work under way, whose ctx has ended, and drops the rest.
func (b *besides) end() {
	if b.running {
		<-b.done
	}
	b.waiting, b.running = nil, false
}

// busy says whether there is work under way.
func (e *entropy) busy() bool { return e.beside.running || e.recalls.running }

// settle does what follows from work beside, until there is none left or the step after that of
// now is due.
func (e *entropy) settle(ctx context.Context, now witness.Millis) error {
	timer := time.NewTimer(e.until(now))
	defer timer.Stop()
	var fault error
	for e.busy() {
		select {
		case conclude := <-e.beside.done:
			fault = errors.Join(fault, e.beside.conclude(ctx, conclude))
		case conclude := <-e.recalls.done:
			fault = errors.Join(fault, e.recalls.conclude(ctx, conclude))
		case <-timer.C:
			return fault
		case <-ctx.Done():
			return fault
		}
	}
	return fault
}

// until is how long it is to the step after that of now.
func (e *entropy) until(now witness.Millis) time.Duration {
	return min(max(e.publisher.Next(now)-e.now(), 0), mostWait).Duration()
}
