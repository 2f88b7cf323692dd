package web

import (
	"container/heap"
	"context"
	"net/netip"
	"sync"
	"time"
)

// turnTime is how much later a request's turn comes for each unit of its price, and of what its
// address has waiting already. 64 connections of one address (docs/api.md) with costly questions
// are put off by as long as a request waits at all.
const turnTime = 10 * time.Millisecond

// turns lets so many in at a time. Of those that wait, the one whose turn is earliest comes next.
// A turn is the time of arrival, later by the price of the request and by the prices of what its
// address has waiting: so what is cheap passes what is costly, whoever asks for much at once
// waits for others and others not for him, and nothing is passed for ever. Behind a proxy, which
// is one address, all are put off alike, and the cheap ones still come first.
type turns struct {
	mu      sync.Mutex
	room    int
	queue   waiting
	backlog map[netip.Prefix]int // prices of what waits
}

func newTurns(atATime int) *turns {
	return &turns{room: atATime, backlog: map[netip.Prefix]int{}}
}

// turn is a request that waits.
type turn struct {
	who   netip.Prefix
	price int
	due   time.Time
	place int           // in the queue; -1: in none
	let   chan struct{} // closed when it is let in
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
		return nil
	}
	due := now.Add(turnTime * time.Duration(price+t.backlog[who]))
	mine := &turn{who: who, price: price, due: due, let: make(chan struct{})}
	t.backlog[who] += price
	heap.Push(&t.queue, mine)
	return mine
}

// giveUp ends a turn that did not come. If it came just now, whoever has it may go on.
func (t *turns) giveUp(mine *turn) (let bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.place < 0 {
		return true
	}
	heap.Remove(&t.queue, mine.place)
	t.forget(mine)
	return false
}

// leave makes room for the next one.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.room++
		return
	}
	next := heap.Pop(&t.queue).(*turn)
	t.forget(next)
	close(next.let)
}

// forget takes what waits no longer off its address.
func (t *turns) forget(was *turn) {
	if t.backlog[was.who] -= was.price; t.backlog[was.who] <= 0 {
		delete(t.backlog, was.who)
	}
}

// waiting is a heap of turns, the earliest first.
type waiting []*turn

func (q waiting) Len() int           { return len(q) }
func (q waiting) Less(i, j int) bool { return q[i].due.Before(q[j].due) }

func (q waiting) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push appends a turn.
func (q *waiting) Push(x any) {
	t := x.(*turn)
	t.place = len(*q)
	*q = append(*q, t)
}

// Pop takes the last turn off.
func (q *waiting) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	t.place = -1
	(*q)[last] = nil
	*q = (*q)[:last]
	return t
}
