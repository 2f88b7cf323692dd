package gateway

import (
	"sync"
	"time"
)

// Limits bound the frames that wait for one destination.
type Limits struct {
	Frames   int // default 4096
	Bytes    int // of memory, default 4 MiB
	InFlight int // sent and not yet acknowledged, default 64
}

func (l Limits) withDefaults() Limits {
	l.InFlight = orElse(l.InFlight, 64)
	l.Frames = max(orElse(l.Frames, 4096), l.InFlight+1)
	l.Bytes = orElse(l.Bytes, 4<<20)
	return l
}

func orElse(value, fallback int) int {
	if value <= 0 {
		return fallback
	}
	return value
}

// backlog is the frames that a destination has not acknowledged, oldest first. The
// first inFlight of them have been sent in the present session. When it is full
// the oldest frame that is not in flight makes room. With a store, part of them may
// be there only: see shelf.
type backlog struct {
	limits Limits
	wake   chan struct{} // has a token when a frame can be sent
	work   chan struct{} // has a token when the keeper has something to do

	mu       sync.Mutex
	frames   []*Frame // those in memory
	bytes    int      // of those
	inFlight int
	away     bool // there is no session
	stalled  bool // there is one, but it does not acknowledge
	shelf    shelf
	counters Counters
}

// Counters tell what became of the frames offered to a forwarder, since start.
type Counters struct {
	Offered  uint64 // by the router
	Restored uint64 // kept since an earlier start
	Acked    uint64 // acknowledged by the destination
	Dropped  uint64 // oldest first, because the queue was full or they were too old
	Sent     uint64 // hand-overs, resends included
	Queued   int    // waiting now, those in flight and in the store included
	InFlight int    // sent in the present session and not acknowledged
}

func newBacklog(limits Limits) *backlog {
	return &backlog{limits: limits.withDefaults(), wake: make(chan struct{}, 1), work: make(chan struct{}, 1), away: true}
}

// signal leaves a token, if there is none.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push appends a frame and drops what no longer fits. It never waits.
func (q *backlog) push(f *Frame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f.Waited, f.offered = q.away, time.Now()
	q.frames = append(q.frames, f)
	q.bytes += f.size()
	q.counters.Offered++
	for q.full() && q.makeRoom() {
		q.counters.Dropped++
	}
	q.considerSpilling()
	signal(q.wake)
}

// full says whether the oldest frame that is not in flight must go.
func (q *backlog) full() bool {
	waiting := len(q.frames) - q.inFlight
	return len(q.frames) > q.limits.Frames || q.bytes > q.limits.Bytes && waiting > 1
}

// makeRoom removes the oldest frame that is neither in flight nor in the store. It
// is false if there is none.
func (q *backlog) makeRoom() bool {
	i := max(q.inFlight, q.unwritten()+q.shelf.writing)
	if i >= len(q.frames) {
		return false
	}
	q.remove(i)
	return true
}

func (q *backlog) remove(i int) {
	q.bytes -= q.frames[i].size()
	if i < q.shelf.gap {
		q.shelf.gap--
	}
	if i == 0 {
		q.frames[0] = nil
		q.frames = q.frames[1:]
		return
	}
	copy(q.frames[i:], q.frames[i+1:])
	q.frames[len(q.frames)-1] = nil
	q.frames = q.frames[:len(q.frames)-1]
}

// next takes the oldest frame that has not been sent in this session, nil if
// there is none or the window is full.
func (q *backlog) next() *Frame {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inFlight == q.ready() || q.inFlight == q.limits.InFlight {
		return nil
	}
	f := q.frames[q.inFlight]
	q.inFlight++
	q.counters.Sent++
	q.considerLoading()
	q.considerRest()
	return f
}

// acked removes the oldest frame in flight. It wakes nobody: whoever takes
// acknowledgements goes on sending.
func (q *backlog) acked() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leave(q.frames[0])
	q.remove(0)
	q.inFlight--
	q.counters.Acked++
	q.stalled = false
	q.considerSpilling()
	q.considerRest()
}

// connected says that there is a session.
func (q *backlog) connected() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.away, q.stalled = false, false
	q.considerRest()
}

// rewind makes every frame in flight sendable again: the session is over.
func (q *backlog) rewind() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inFlight = 0
	q.away = true
	q.considerSpilling()
}

func (q *backlog) snapshot() Counters {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.counters
	c.Queued, c.InFlight = len(q.frames)+q.shelf.absent(), q.inFlight
	return c
}
