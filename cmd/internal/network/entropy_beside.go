package network

import (
	"context"
	"errors"
	"time"

	"hexspot/witness"
)

// patienceBeside is how long work beside may take: somewhat longer than the journal tries.
const patienceBeside = 20 * time.Second

// besides is work that waits for the journal or long for the book. It is done beside the steps,
// one after the other, so that values are on time whatever those do. What follows from it the
// steps do.
type besides struct {
	waiting []work
	running bool
	done    chan conclusion
}

// work may take long. It touches nothing of the entropy that changes.
type work func(ctx context.Context) conclusion

// conclusion is what follows from work.
type conclusion func(ctx context.Context) error

func newBesides() besides { return besides{done: make(chan conclusion, 1)} }

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
		within, cancel := context.WithTimeout(ctx, patienceBeside)
		defer cancel()
		b.done <- w(within)
	}()
}

// end waits for the work under way, whose ctx has ended, and drops the rest.
func (b *besides) end() {
	if b.running {
		<-b.done
	}
	b.waiting, b.running = nil, false
}

// settle does what follows from work beside, until there is none left or the step after that of
// now is due.
func (e *entropy) settle(ctx context.Context, now witness.Millis) error {
	timer := time.NewTimer(e.until(now))
	defer timer.Stop()
	var fault error
	for e.beside.running {
		select {
		case conclude := <-e.beside.done:
			e.beside.running = false
			fault = errors.Join(fault, conclude(ctx))
			e.beside.next(ctx)
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
