package gateway

import (
	"context"
	"slices"
	"time"

	"hexspot/radio"
)

// Spending is what a sub-band with a limit has spent, for a process to come: the queue
// that it is restored to allows no more than this one would.
type Spending struct {
	Name     string
	Range    radio.Range
	Max      time.Duration // in an hour
	Total    time.Duration // that was ever booked, and what is accepted to come; it only grows, but for what is given back
	Spent    []Spent       // of the last hour, oldest first
	Accepted time.Duration // that is on its way, or to come at an instant
}

// Spent is a stretch of time on the air: when it ended, before the present, and how long
// it was.
type Spent struct{ Ago, Length time.Duration }

// Spending gives the sub-bands that have a limit, in the plan's order. What ended within
// one minute is one stretch, which ends with the last of it.
func (q *Queue) Spending(now Instant) []Spending {
	var list []Spending
	for _, b := range q.rules.Plan.SubBands {
		l := q.ledgers[b]
		if l == nil {
			continue
		}
		s := Spending{Name: b.Name, Range: b.Range, Max: l.limit, Total: l.total, Spent: l.account(now.Clock)}
		for _, p := range q.planned(now, &entry{permit: Permit{SubBand: b}}, q.entries) {
			s.Accepted += p.length()
		}
		s.Total += s.Accepted
		list = append(list, s)
	}
	return list
}

// account is the ledger by the minute.
func (l *ledger) account(now time.Duration) (list []Spent) {
	last := time.Duration(-1 << 62)
	for _, b := range l.spans[l.index(now-dutyWindow):] {
		minute := (now - b.end) / time.Minute
		if minute != last {
			list = append(list, Spent{})
			last = minute
		}
		s := &list[len(list)-1]
		s.Ago, s.Length = max(0, now-b.end), s.Length+b.length()
	}
	return list
}

// Restore books what was spent before the queue was made; what was accepted is booked as
// spent just now, because nobody knows when it was. Sub-bands that the plan does not have
// are left out. It is called before anything is sent.
func (q *Queue) Restore(now Instant, before []Spending) {
	for _, s := range before {
		for b, l := range q.ledgers {
			if b.Name == s.Name && b.Range == s.Range {
				l.restore(append(slices.Clone(s.Spent), Spent{0, s.Accepted}), now.Clock)
			}
		}
	}
}

func (l *ledger) restore(spent []Spent, now time.Duration) {
	for _, s := range spent {
		end := now - max(0, s.Ago)
		if s.Length > 0 && s.Length <= dutyPeriod && end > now-dutyWindow {
			l.book(span{end - s.Length, end}, now)
		}
	}
}

// Spending is what the limited sub-bands have spent.
func (t *Transmitter) Spending() []Spending {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.Spending(now)
}

// Restore says what was spent before the transmitter was made. It comes before Run.
func (t *Transmitter) Restore(before []Spending) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Restore(now, before)
}

// Cover has f called before each frame is given to the chain, while the frame counts as
// accepted in Spending: so what is spent can be on a disk before it is. A frame whose time
// passes meanwhile is too late. It comes before Run.
func (t *Transmitter) Cover(f func(context.Context)) { t.cover = f }
