package web

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// priceTime is how much later a request's turn comes for each unit of its price: what is cheap
	// passes what is costly and came a little before, and nothing is passed for ever.
	priceTime = 50 * time.Millisecond
	// restTime is for how long an address that was let in comes after those that were not. Whoever
	// has addresses without number gains no more by it.
	restTime = 2 * time.Second
	// mostRested is from how many addresses on those that have rested are forgotten.
	mostRested = 1024
)

// turns lets so many in at a time. Of those that wait, the next one is of the address that was let in
// longest ago: whoever asks for much at once waits for others, and others not for him. Of the requests
// of one address, and all that come through a proxy are of one, the cheapest is next, but for what
// came long before.
type turns struct {
	mu      sync.Mutex
	room    int
	waiting []*turn                    // no more than there are connections
	last    map[netip.Prefix]time.Time // when an address was let in
}

func newTurns(atATime int) *turns {
	return &turns{room: atATime, last: map[netip.Prefix]time.Time{}}
}

// turn is a request that waits.
type turn struct {
	who  netip.Prefix
	came time.Time
	due  time.Time     // by its price
	let  chan struct{} // closed when it is let in
}

// enter waits for a turn, false if ctx ends before. Whoever was let in has to leave.
func (t *turns) enter(ctx context.Context, who netip.Prefix, price int, now time.Time) bool {
	mine := t.wait(who, price, now)
	if mine == nil {
		return true
	}
	select {
	case <-mine.let:
		return true
	case <-ctx.Done():
		return t.giveUp(mine)
	}
}

// wait begins to wait, nil if there is room.
func (t *turns) wait(who netip.Prefix, price int, now time.Time) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.room > 0 {
		t.room--
		t.note(who, now)
		return nil
	}
	mine := &turn{who: who, came: now, due: now.Add(priceTime * time.Duration(price)), let: make(chan struct{})}
	t.waiting = append(t.waiting, mine)
	return mine
}

// giveUp ends a turn that did not come. If it came just now, whoever has it may go on.
func (t *turns) giveUp(mine *turn) (let bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.Index(t.waiting, mine)
	if at < 0 {
		return true
	}
	t.waiting = slices.Delete(t.waiting, at, at+1)
	return false
}

// leave makes room for the next one.
func (t *turns) leave(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.room++
		return
	}
	next := slices.MinFunc(t.waiting, t.compare)
	t.waiting = slices.DeleteFunc(t.waiting, func(w *turn) bool { return w == next })
	t.note(next.who, now)
	close(next.let)
}

// compare orders by when addresses were let in, then by what is due.
func (t *turns) compare(a, b *turn) int {
	if c := t.rests(a).Compare(t.rests(b)); c != 0 {
		return c
	}
	return a.due.Compare(b.due)
}

// rests is since when the address of a turn has not been let in, at most since restTime before
// the request came.
func (t *turns) rests(w *turn) time.Time {
	longest := w.came.Add(-restTime)
	if last := t.last[w.who]; last.After(longest) {
		return last
	}
	return longest
}

// note keeps when an address was let in, as long as it matters.
func (t *turns) note(who netip.Prefix, now time.Time) {
	if len(t.last) >= mostRested {
		old := now.Add(-restTime - gatePatience)
		for other, last := range t.last {
			if last.Before(old) {
				delete(t.last, other)
			}
		}
	}
	t.last[who] = now
}
