package gateway

import (
	"sort"
	"time"
)

// shelf is what a backlog knows of its store. The whole queue, oldest first, is
//
//	frames[:gap]    in memory, those in flight among them
//	[from, to)      numbers of frames that only the store has
//	frames[gap:]    in memory, newer
//
// and gap counts only while from < to. Frames get their number when they are
// written, so that numbers have no holes; those that have none are the newest.
type shelf struct {
	used     bool
	from, to uint64
	gap      int
	next     uint64 // number of the frame that is written next
	acked    uint64 // the store need not keep frames before this number
	removed  uint64 // the store has been told so up to this number
	writing  int    // so many of the frames without a number are being written
	spilling bool   // frames are to be written
	urgent   bool   // at once
}

// absent is how many frames are in the store only.
func (s *shelf) absent() int { return int(s.to - s.from) }

// mostIdle is how many frames may wait in memory for however long while a destination
// acknowledges; more may for stallLimit, as in a burst, but no more than a quarter of those
// that fit, so that another one finds room.
const mostIdle = 64

// burst says that what waits is too much, or waits too long, for a destination that keeps up.
func (q *backlog) burst() bool {
	waiting := len(q.frames) - q.inFlight
	switch {
	case waiting > q.limits.Frames/4:
		return true
	case waiting <= mostIdle:
		return false
	}
	return time.Since(q.frames[q.inFlight].offered) >= stallLimit
}

// ready is how many of the frames in memory can be sent before others are loaded.
func (q *backlog) ready() int {
	if q.shelf.absent() > 0 {
		return q.shelf.gap
	}
	return len(q.frames)
}

// unwritten is the index of the first frame without a number.
func (q *backlog) unwritten() int {
	return sort.Search(len(q.frames), func(i int) bool { return q.frames[i].stored == 0 })
}

// considerSpilling begins to write when frames must wait.
func (q *backlog) considerSpilling() {
	s := &q.shelf
	if !s.used {
		return
	}
	if !s.spilling && !q.away && !q.stalled && !q.burst() {
		return
	}
	s.spilling = true
	signal(q.work)
}

// considerRest ends the writing when nothing waits.
func (q *backlog) considerRest() {
	if !q.away && !q.stalled && q.shelf.absent() == 0 && len(q.frames) == q.inFlight {
		q.shelf.spilling = false
	}
}

// considerLoading has frames loaded before the last one in memory is sent.
func (q *backlog) considerLoading() {
	if q.low() {
		signal(q.work)
	}
}

func (q *backlog) low() bool {
	return q.shelf.absent() > 0 && q.shelf.gap-q.inFlight < q.limits.InFlight
}

// leave is told that a frame was acknowledged.
func (q *backlog) leave(f *Frame) {
	switch {
	case f.stored > 0:
		q.shelf.acked = f.stored + 1
		signal(q.work)
	case q.shelf.writing > 0:
		q.shelf.writing-- // wrote sees that it is gone
	}
}

// stall says that what is in flight is not acknowledged as it should be.
func (q *backlog) stall() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stalled = true
	q.shelf.urgent = true
	q.considerSpilling()
}

// restore is told what a store has kept from an earlier start.
func (q *backlog) restore(first, next uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limits.Frames = max(q.limits.Frames, 8*q.limits.InFlight) // room for what is on its way
	q.limits.Bytes = max(q.limits.Bytes, 1<<20)                 // to the store and back
	first, next = max(first, 1), max(next, 1)                   // number 0 is of frames that are not stored
	q.shelf = shelf{used: true, from: first, to: next, next: next, acked: first, removed: first, spilling: true}
	q.counters.Restored = next - first
	signal(q.work)
}
