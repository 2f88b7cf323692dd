package web

import (
	"container/list"
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
)

// turns lets so many in at a time. Of those that wait, the next one is of the address that was let in
// longest ago: whoever asks for much at once waits for others, and others not for him. Of the requests
// of one address, and all that come through a proxy are of one, the cheapest is next, but for what
// came long before.
type turns struct {
	mu      sync.Mutex
	room    int
	waiting []*turn                 // in the order in which they came; no more than there are connections
	askers  map[netip.Prefix]*asker // that wait, or were let in of late
	late    list.List               // of those that were let in of late, the last one at the back
}

func newTurns(atATime int) *turns {
	return &turns{room: atATime, askers: map[netip.Prefix]*asker{}}
}

// asker is what requests of one address share.
type asker struct {
	who   netip.Prefix
	first time.Time     // when the one that waits longest came; zero: none waits
	last  time.Time     // when one was let in; zero: not of late
	late  *list.Element // its place there; nil: none
}

// turn is a request that waits.
type turn struct {
	of   *asker
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
	of := t.asker(who)
	if t.room > 0 {
		t.room--
		t.note(of, now)
		return nil
	}
	if of.first.IsZero() {
		of.first = now
	}
	mine := &turn{of: of, came: now, due: now.Add(priceTime * time.Duration(price)), let: make(chan struct{})}
	t.waiting = append(t.waiting, mine)
	return mine
}

func (t *turns) asker(who netip.Prefix) *asker {
	of := t.askers[who]
	if of == nil {
		of = &asker{who: who}
		t.askers[who] = of
	}
	return of
}

// giveUp ends a turn that did not come. If it came just now, whoever has it may go on.
func (t *turns) giveUp(mine *turn) (let bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.Index(t.waiting, mine)
	if at < 0 {
		return true
	}
	t.remove(at)
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
	at := 0
	for i := range t.waiting {
		if compare(t.waiting[i], t.waiting[at]) < 0 {
			at = i
		}
	}
	next := t.waiting[at]
	t.note(next.of, now)
	t.remove(at)
	close(next.let)
}

// remove takes a turn off those that wait.
func (t *turns) remove(at int) {
	of := t.waiting[at].of
	t.waiting = slices.Delete(t.waiting, at, at+1)
	of.first = time.Time{}
	if oldest := slices.IndexFunc(t.waiting, func(w *turn) bool { return w.of == of }); oldest >= 0 {
		of.first = t.waiting[oldest].came
	}
	t.forget(of)
}

// compare orders by when addresses were let in, then by what is due. Requests of one address rest
// equally long.
func compare(a, b *turn) int {
	if c := a.of.rests().Compare(b.of.rests()); c != 0 {
		return c
	}
	return a.due.Compare(b.due)
}

// rests is since when an address that waits has not been let in, at most since restTime before the
// oldest of its requests came.
func (a *asker) rests() time.Time {
	longest := a.first.Add(-restTime)
	if a.last.After(longest) {
		return a.last
	}
	return longest
}

// note keeps when an address was let in, as long as it matters to whoever may wait.
func (t *turns) note(of *asker, now time.Time) {
	of.last = now
	if of.late == nil {
		of.late = t.late.PushBack(of)
	} else {
		t.late.MoveToBack(of.late)
	}
	old := now.Add(-restTime - gatePatience)
	for front := t.late.Front(); ; front = t.late.Front() {
		other := front.Value.(*asker)
		if !other.last.Before(old) {
			return
		}
		t.late.Remove(front)
		other.last, other.late = time.Time{}, nil
		t.forget(other)
	}
}

// forget forgets an address that neither waits nor was let in of late.
func (t *turns) forget(of *asker) {
	if of.first.IsZero() && of.late == nil {
		delete(t.askers, of.who)
	}
}
