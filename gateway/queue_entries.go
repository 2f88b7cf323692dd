package gateway

import (
	"cmp"
	"slices"

	"hexspot/radio"
)

// insert adds a new entry that has its time, and moves on what makes way for it;
// what then finds no time any more has ended.
func (q *Queue) insert(now Instant, e *entry) []Ended {
	yielding := make([]*entry, 0, len(q.entries))
	firm := make([]*entry, 0, len(q.entries)+1)
	for _, o := range q.entries {
		if q.yields(now, o, e) {
			yielding = append(yielding, o)
		} else {
			firm = append(firm, o)
		}
	}
	q.entries = append(firm, e)
	slices.SortStableFunc(yielding, func(a, b *entry) int { return cmp.Compare(b.priority, a.priority) })
	var ended []Ended
	for _, o := range yielding {
		if len(q.entries) < queueSize && q.replace(now, o) {
			q.entries = append(q.entries, o)
			continue
		}
		ended = q.dismiss(ended, o, radio.Displaced, displaced)
	}
	q.sort()
	return ended
}

const displaced = "its time or its share of the duty cycle went to another transmission"

// replace finds the time of an entry that is not among the others anew: the one it
// had, or a later one.
func (q *Queue) replace(now Instant, e *entry) bool {
	if _, status := q.obstacle(now, e, q.entries); status == radio.TxOK {
		return true
	}
	return e.leeway.floats && q.postpone(now, e)
}

// postpone finds a later time for what floats and is not among the others.
func (q *Queue) postpone(now Instant, e *entry) bool {
	next := max(e.start, nextMicro(sinceStart(now.Counter)+immediateLead))
	return q.place(now, e, q.entries, next) == radio.TxOK
}

// dismiss reports that an entry which is not among the others any more has ended,
// now or, if the chain holds it, when the chain has let it go.
func (q *Queue) dismiss(ended []Ended, e *entry, outcome radio.EmissionOutcome, cause string) []Ended {
	if q.chain != nil && q.chain.entry == e {
		q.chain.instead, q.chain.cause = outcome, cause
		return ended
	}
	return append(ended, e.ended(radio.Emission{Outcome: outcome, Cause: cause, Conducted: e.permit.Conducted}, q.rules))
}

func (e *entry) ended(emission radio.Emission, r Rules) Ended {
	return Ended{e.ticket, Report{
		ID: e.id, Item: e.item, Downlink: e.downlink,
		EIRP: r.eirp(emission.Conducted), Emission: emission,
	}}
}

func (q *Queue) sort() {
	slices.SortFunc(q.entries, func(a, b *entry) int { return cmp.Compare(a.start, b.start) })
}

// advance ends what cannot be sent any more: all of a session that is over, and
// what the chain was not free for. What floats moves on instead.
func (q *Queue) advance(now Instant) []Ended {
	var ended []Ended
	if q.session != now.Counter.Session {
		q.session = now.Counter.Session
		for _, e := range q.entries {
			ended = q.dismiss(ended, e, radio.Faulted, "the radio was started anew")
		}
		q.entries = q.entries[:0]
	}
	for _, e := range q.late(now) {
		q.remove(e)
		if e.leeway.floats && q.postpone(now, e) {
			q.add(e)
			continue
		}
		ended = q.dismiss(ended, e, radio.Missed, "the transmitter was not free in time")
	}
	return ended
}

// late are the entries that are not loaded and whose time has come too near.
func (q *Queue) late(now Instant) []*entry {
	var late []*entry
	for _, e := range q.entries {
		near := startDelay
		if e.leeway.floats {
			near = floatLead
		}
		if now.ahead(e.start) >= near {
			continue
		}
		if q.chain == nil || q.chain.entry != e {
			late = append(late, e)
		}
	}
	return late
}

func (q *Queue) add(e *entry) {
	q.entries = append(q.entries, e)
	q.sort()
}

func (q *Queue) remove(e *entry) {
	q.entries = slices.DeleteFunc(q.entries, func(o *entry) bool { return o == e })
}

// Drain ends everything that the chain does not hold: the transmitter stops.
func (q *Queue) Drain() []Ended {
	var ended []Ended
	for _, e := range q.entries {
		ended = q.dismiss(ended, e, radio.Aborted, "the transmitter was stopped")
	}
	q.entries = q.entries[:0]
	return ended
}
