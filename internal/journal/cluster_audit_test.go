package journal

import (
	"context"
	"sync"
	"testing"
	"time"
)

// audit compares what the log holds with what was taken, from where it ended before.
type audit struct {
	next  uint64         // record
	found map[string]int // records of an id
	taken int            // entries compared
}

// check reads what is new and gives the ids of new entries that are not there.
func (a *audit) check(t *testing.T, j *Journal, c *client) (lost []string) {
	t.Helper()
	taken := c.since(a.taken)
	a.read(t, j)
	for _, id := range taken {
		if a.found[id] == 0 {
			lost = append(lost, id)
		}
	}
	a.taken += len(taken)
	return lost
}

// read goes on where it was, also after an election.
func (a *audit) read(t *testing.T, j *Journal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wholeWithin)
	defer cancel()
	awaitNil(t, "the log's contents", wholeWithin, func() error {
		return j.Read(ctx, Query{From: a.next}, func(r Record) error {
			a.found[r.ID]++
			a.next = r.Seq + 1
			return nil
		})
	})
}

// again counts records that are there more than once.
func (a *audit) again() (n int) {
	for _, count := range a.found {
		n += count - 1
	}
	return n
}

// pauses notes the longest time in which no entry was taken.
type pauses struct {
	mu      sync.Mutex
	last    time.Time
	longest time.Duration
}

func (p *pauses) taken() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.longest, p.last = max(p.longest, now.Sub(p.last)), now
}

// reset gives the longest so far, and begins a new one now.
func (p *pauses) reset() (longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	longest, p.longest, p.last = max(p.longest, now.Sub(p.last)), 0, now
	return longest
}
