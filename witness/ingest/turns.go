package ingest

import (
	"context"
	"fmt"
	"sync"

	"hexspot/radio"
)

// turns are records that are being kept. One that two sessions send at once is kept by the first,
// and the second is answered as if it came later: each record has one stamp, and takes of the
// quota once.
type turns struct {
	mu   sync.Mutex
	busy map[radio.RecordID]chan struct{} // closed when it is the next one's turn
}

// take waits until nobody else has the record, or ctx ends.
func (t *turns) take(ctx context.Context, id radio.RecordID) error {
	for {
		before, busy := t.begin(id)
		if !busy {
			return nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the same record of another session: %w", context.Cause(ctx))
		}
	}
}

func (t *turns) begin(id radio.RecordID) (before <-chan struct{}, busy bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, busy := t.busy[id]; busy {
		return before, true
	}
	t.busy[id] = make(chan struct{})
	return nil, false
}

// give ends a turn.
func (t *turns) give(id radio.RecordID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.busy[id])
	delete(t.busy, id)
}
