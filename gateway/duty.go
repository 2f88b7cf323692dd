package gateway

import (
	"math"
	"slices"
	"sort"
	"time"

	"hexspot/radio"
)

// The window in which a sub-band's time on air is limited, and how long the queue
// takes it to be. The difference covers that emissions are timed by the radio's
// counter and booked by the host's clock: at 100 ppm the two part by 51 ms before
// the latest downlink that is accepted, and a busy box reads them tens of
// milliseconds apart.
const (
	dutyPeriod = time.Hour
	dutyWindow = dutyPeriod + time.Second
)

// longestLedger bounds what a ledger keeps.
const longestLedger = 4096

// never is later than any instant.
const never = time.Duration(math.MaxInt64)

// span is a stretch of the clock, without its end.
type span struct{ start, end time.Duration }

func (s span) length() time.Duration { return s.end - s.start }

// since is how much of the span lies after an instant.
func (s span) since(t time.Duration) time.Duration { return max(0, s.end-max(t, s.start)) }

// ledger is what was on the air in one sub-band during the last dutyWindow.
//
// The limit holds for every window of that length if it holds for those that end
// with an emission: move any other window later while it ends within an emission,
// and it gains as fast as it can lose; or earlier while it ends outside one, and
// it loses nothing; until it does end with one.
type ledger struct {
	limit time.Duration // in a window
	spans []booking     // disjoint, oldest first
	total time.Duration // of all that was ever booked
}

// booking is an emission and what was booked before it.
type booking struct {
	span
	before time.Duration
}

func newLedger(b radio.SubBand) *ledger {
	return &ledger{limit: dutyPeriod / 1000 * time.Duration(b.Permille)}
}

// book enters an emission that has ended. It is later than all before it: what the
// clocks' disagreement says against that is moved on. Above longestLedger the
// two closest emissions become one, the earlier moved to the later: it leaves the
// window too late then, never too early.
func (l *ledger) book(s span, now time.Duration) {
	l.forget(now - dutyWindow)
	if n := len(l.spans); n > 0 && s.start < l.spans[n-1].end {
		s = span{l.spans[n-1].end, l.spans[n-1].end + s.length()}
	}
	l.spans = append(l.spans, booking{s, l.total})
	l.total += s.length()
	if len(l.spans) > longestLedger {
		l.merge(l.closest())
	}
}

func (l *ledger) forget(before time.Duration) {
	n := l.index(before)
	l.spans = slices.Delete(l.spans, 0, n)
}

// closest is the number of the emission after which the shortest pause was.
func (l *ledger) closest() int {
	best, shortest := 0, never
	for i := range len(l.spans) - 1 {
		if pause := l.spans[i+1].start - l.spans[i].end; pause < shortest {
			best, shortest = i, pause
		}
	}
	return best
}

// merge joins emission i with the next.
func (l *ledger) merge(i int) {
	l.spans[i+1].start -= l.spans[i].length()
	l.spans[i+1].before = l.spans[i].before
	l.spans = slices.Delete(l.spans, i, i+1)
}

// index is the number of the first emission that ends after t.
func (l *ledger) index(t time.Duration) int {
	return sort.Search(len(l.spans), func(i int) bool { return l.spans[i].end > t })
}

// since is how long the sub-band was used after t.
func (l *ledger) since(t time.Duration) time.Duration {
	i := l.index(t)
	if i == len(l.spans) {
		return 0
	}
	return l.total - l.spans[i].before - max(0, t-l.spans[i].start)
}

// first is when something of the ledger is first on the air at t or later.
func (l *ledger) first(t time.Duration) time.Duration {
	if i := l.index(t); i < len(l.spans) {
		return max(t, l.spans[i].start)
	}
	return never
}

// allows says whether emission k of those that are planned, in order, leaves the
// limit whole, given that the others do. If not, it could at next at the earliest.
func (l *ledger) allows(planned []span, k int) (next time.Duration, ok bool) {
	for j := k; j < len(planned); j++ {
		from := planned[j].end - dutyWindow
		load := l.since(from)
		for _, s := range planned[:j+1] {
			load += s.since(from)
		}
		switch {
		case load <= l.limit:
		case j > k: // what is planned later has spent it
			return planned[j].end, false
		default:
			return l.relief(planned[:k], planned[k], load-l.limit), false
		}
	}
	return 0, true
}

// relief is when an emission may start if the excess has left its window by then,
// and none comes in.
func (l *ledger) relief(before []span, s span, excess time.Duration) time.Duration {
	from := s.end - dutyWindow
	leaving := l.first(from)
	for _, b := range before {
		if b.end > from {
			leaving = min(leaving, max(from, b.start))
		}
	}
	if leaving == never {
		return never
	}
	return s.start + leaving - from + excess
}
