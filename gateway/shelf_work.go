package gateway

import "slices"

// due is what a keeper is to do now.
type due struct {
	write  []*Frame // empty: nothing
	first  uint64   // number of the first of them
	from   uint64   // load frames [from, to), if from < to
	to     uint64
	remove uint64 // frames before this, if > 0
	fresh  int    // frames that are in memory only, those to be written among them
}

// The work of a keeper comes in portions: so many frames, written or removed, do
// not wait for the end of an interval.
const (
	portion = 64
	most    = 256 // frames written in one transaction
)

// wanted says which work may be done.
type wanted struct {
	small bool // small portions too
	write bool // frames, and removals
	load  bool
	all   bool // write whether frames must wait or not: it is the end
}

// plan says what is to be done.
func (q *backlog) plan(w wanted) (d due) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := &q.shelf
	if w.write {
		fresh := q.frames[q.unwritten():]
		d.fresh = len(fresh)
		if (s.spilling || w.all) && (w.small || s.urgent || len(fresh) >= portion) {
			d.write, d.first = slices.Clone(fresh[:min(len(fresh), most)]), s.next
			s.writing = len(d.write)
		}
		if s.acked > s.removed && (w.small || s.acked-s.removed >= portion) {
			d.remove = s.acked
		}
	}
	if w.load && q.low() {
		d.from, d.to = s.from, min(s.to, s.from+uint64(2*q.limits.InFlight))
	}
	return d
}

// waits says whether something is left that is to be done after an interval.
func (q *backlog) waits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.shelf.spilling && q.unwritten() < len(q.frames) || q.shelf.acked > q.shelf.removed || q.low()
}

// wrote is told that frames were written, and which frame is the store's oldest now.
func (q *backlog) wrote(d due, oldest uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := &q.shelf
	s.writing, s.urgent = 0, false
	s.next = d.first + uint64(len(d.write))
	i := q.unwritten()
	for n, f := range d.write {
		if i == len(q.frames) || q.frames[i] != f {
			s.acked = d.first + uint64(n) + 1 // acknowledged meanwhile
			continue
		}
		f.stored = d.first + uint64(n)
		i++
	}
	q.shed()
	q.forgotten(oldest)
	q.considerRest()
}

// notWrote is told that writing failed.
func (q *backlog) notWrote() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shelf.writing, q.shelf.urgent = 0, false
}

// shed leaves frames that are written and not needed soon to the store.
func (q *backlog) shed() {
	s, end := &q.shelf, q.unwritten()
	if s.absent() == 0 {
		s.gap = q.lastRun(q.inFlight+2*q.limits.InFlight, end)
		if s.gap == end {
			return
		}
		s.from, s.to = q.frames[s.gap].stored, q.frames[s.gap].stored
	}
	for _, f := range q.frames[s.gap:end] {
		q.bytes -= f.size()
		s.to = f.stored + 1
	}
	q.frames = slices.Delete(q.frames, s.gap, end)
}

// lastRun is where consecutive numbers begin that go on to end, but not before least.
func (q *backlog) lastRun(least, end int) int {
	i := end
	for i > least && (i == end || q.frames[i-1].stored+1 == q.frames[i].stored) {
		i--
	}
	return i
}

// forgotten counts what the store alone had and no longer keeps.
func (q *backlog) forgotten(oldest uint64) {
	s := &q.shelf
	if lost := min(oldest, s.to); lost > s.from {
		q.counters.Dropped += lost - s.from
		s.from = lost
	}
}

// loaded takes frames [from, to) back into memory; those missing are lost.
func (q *backlog) loaded(d due, frames []Held) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := &q.shelf
	list := make([]*Frame, 0, len(frames))
	for _, h := range frames {
		h.Frame.stored, h.Frame.Waited = h.Number, true
		q.bytes += h.Frame.size()
		list = append(list, h.Frame)
	}
	q.frames = slices.Insert(q.frames, s.gap, list...)
	s.gap += len(list)
	s.from = d.to
	q.counters.Dropped += d.to - d.from - uint64(len(list))
	q.considerLoading() // all of them may have been missing
	signal(q.wake)
}

// removedBefore is told that the store has forgotten frames.
func (q *backlog) removedBefore(number uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shelf.removed = number
}

// abandon gives up the frames that only the store has, and counts them.
func (q *backlog) abandon() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	lost := q.shelf.absent()
	q.forgotten(q.shelf.to)
	signal(q.wake)
	return lost
}
