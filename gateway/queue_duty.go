package gateway

import (
	"cmp"
	"slices"
	"time"

	"hexspot/radio"
)

// affords says whether an entry's sub-band has time on air left for it beside the
// others; if not, when on the clock it may have at the earliest.
func (q *Queue) affords(now Instant, e *entry, others []*entry) (time.Duration, bool) {
	l := q.ledgers[e.permit.SubBand]
	if l == nil {
		return 0, true
	}
	return l.admits(q.planned(now, e, others), e.span(now))
}

// admits is allows for an emission that is not among the planned ones yet, which it may overwrite.
func (l *ledger) admits(planned []span, own span) (next time.Duration, ok bool) {
	k, _ := slices.BinarySearchFunc(planned, own, earlier)
	return l.allows(slices.Insert(planned, k, own), k)
}

// planned are the emissions to come in an entry's sub-band beside its own, in order.
// What the chain holds counts where it was loaded for until the chain has let it
// go, even if it has moved or ended.
func (q *Queue) planned(now Instant, e *entry, others []*entry) []span {
	spans := make([]span, 0, queueSize+2)
	held := q.chain
	if held != nil && (held.entry.permit.SubBand != e.permit.SubBand || held.entry.ticket == e.ticket) {
		held = nil
	}
	for _, o := range others {
		loaded := held != nil && held.entry == o && held.start == o.start
		if o.permit.SubBand == e.permit.SubBand && !loaded {
			spans = append(spans, o.span(now))
		}
	}
	if held != nil {
		spans = append(spans, held.span())
	}
	slices.SortFunc(spans, earlier)
	return spans
}

func earlier(a, b span) int { return cmp.Compare(a.start, b.start) }

// span is the entry's emission on the clock.
func (e *entry) span(now Instant) span {
	start := now.clock(e.start)
	return span{start, start + e.permit.Airtime}
}

// charge books what the chain has sent.
func (q *Queue) charge(now Instant, c *load, e radio.Emission) {
	l, spent := q.ledgers[c.entry.permit.SubBand], onAir(now, c, e)
	if l == nil || spent == 0 {
		return
	}
	start := c.clock
	if !e.Start.IsZero() && e.Start.Session == now.Counter.Session {
		start = now.clock(sinceStart(e.Start))
	}
	l.book(span{start, start + spent}, now.Clock)
}

// onAir is how long a transmission was on the air. If the transmitter failed with a
// frame whose time had come nobody knows, and all of it counts.
func onAir(now Instant, c *load, e radio.Emission) time.Duration {
	unknown := e.Outcome == radio.Faulted && !e.Loaded.IsZero() && now.Clock >= c.clock
	switch {
	case e.Airtime > 0:
		return e.Airtime
	case unknown || e.Outcome == radio.Emitted || !e.Start.IsZero():
		return c.entry.permit.Airtime
	}
	return 0
}

// DutyCycle is how much of its time on air a sub-band has spent.
type DutyCycle struct {
	Name    string
	Range   radio.Range
	Max     time.Duration // in an hour
	Tracked time.Duration // in the past hour, and accepted to come
}

// DutyCycle gives the sub-bands that have a limit, in the plan's order.
func (q *Queue) DutyCycle(now Instant) []DutyCycle {
	var list []DutyCycle
	for _, b := range q.rules.Plan.SubBands {
		l := q.ledgers[b]
		if l == nil {
			continue
		}
		tracked := l.since(now.Clock - dutyPeriod)
		for _, s := range q.planned(now, &entry{permit: Permit{SubBand: b}}, q.entries) {
			tracked += s.length()
		}
		list = append(list, DutyCycle{Name: b.Name, Range: b.Range, Max: l.limit, Tracked: tracked})
	}
	return list
}
