package gateway

import (
	"cmp"
	"slices"
	"time"

	"hexspot/radio"
)

// Ticket is the number of an accepted command in its Queue.
type Ticket uint64

// Ended is an accepted command with the report of how it ended.
type Ended struct {
	Ticket Ticket
	Report Report
}

// queueSize is how many downlinks wait at most; maxItems how many ways of one
// command are tried.
const (
	queueSize = 32
	maxItems  = 8
)

// Queue decides what one transmit chain sends and when. It does no waiting and
// reads no clock: each call is told the present, which never goes back. Whoever
// drives it asks Next after every other call and does what that says.
//
// A downlink with an instant of its own starts then or never. One without an
// instant, and a beacon with a Latest, floats: it starts as early as it can and
// moves on when something with more right to its time comes. Beacons make way for
// everything else, what floats for what does not. What the chain holds makes way as
// long as it can be taken back, and keeps its share of the duty cycle until it
// has been.
//
// Every emission accepted is counted in its sub-band's duty cycle from then on;
// what turns out not to have been on the air is given back.
//
// A Queue is not safe for use by several goroutines.
type Queue struct {
	rules   Rules
	session uint64   // that the entries belong to
	entries []*entry // by start; the one on the chain among them
	chain   *load    // nil while the chain is free
	ledgers map[radio.SubBand]*ledger
	tickets Ticket
}

// entry is an accepted downlink. Instants are the counter's.
type entry struct {
	ticket   Ticket
	id       uint32
	item     int
	downlink radio.Downlink
	permit   Permit
	priority Priority
	leeway   leeway
	start    time.Duration
}

// leeway is when a downlink may start. What floats makes way, even if it could start
// at one instant only.
type leeway struct {
	first, last time.Duration
	floats      bool
}

func (e *entry) end() time.Duration { return e.start + e.permit.Airtime }

// clashes says whether two emissions are too close for one chain: the later one is
// loaded when the earlier one has ended.
func (e *entry) clashes(o *entry) bool {
	return e.start < o.end()+minLead && o.start < e.end()+minLead
}

// NewQueue makes an empty queue; the rules are checked.
func NewQueue(rules Rules) (*Queue, error) {
	if err := rules.Validate(); err != nil {
		return nil, err
	}
	q := &Queue{rules: rules, ledgers: make(map[radio.SubBand]*ledger)}
	for _, b := range rules.Plan.SubBands {
		if b.Limited() {
			q.ledgers[b] = newLedger(b)
		}
	}
	return q, nil
}

// Enqueue tries the items of a command in order until one is taken. The answer has
// a status for each: how it was refused, OK, or IGNORED if it was not tried. All
// are INTERNAL_ERROR while no chip runs. The reference ties the counter to GPS time;
// without one of the present session an item at a GPS time is refused. The ticket
// is of the taken item and valid if one was. Other commands may end by it.
//
// COLLISION_BEACON is never given: it is of class B, and a beacon of proof of
// coverage makes way.
func (q *Queue) Enqueue(now Instant, c Command, gps radio.GPSReference) (Answer, Ticket, []Ended) {
	ended := q.advance(now)
	a := Answer{ID: c.ID, Statuses: make([]radio.TxStatus, len(c.Items))}
	for i := range c.Items {
		var e *entry
		if e, a.Statuses[i] = q.admit(now, &c, i, gps); e != nil {
			q.tickets++
			e.ticket = q.tickets
			return a, e.ticket, append(ended, q.insert(now, e)...)
		}
	}
	return a, 0, ended
}

// admit judges one item and finds its time.
func (q *Queue) admit(now Instant, c *Command, item int, gps radio.GPSReference) (*entry, radio.TxStatus) {
	if now.Counter.IsZero() || item >= maxItems {
		return nil, radio.TxInternalError
	}
	e := &entry{id: c.ID, item: item, downlink: c.Items[item], priority: c.Priority}
	var status radio.TxStatus
	if e.permit, status = q.rules.Check(e.downlink, c.Priority); status != radio.TxOK {
		return nil, status
	}
	if e.leeway, status = startLeeway(now, c, item, e.permit.Airtime, gps); status != radio.TxOK {
		return nil, status
	}
	firm := slices.DeleteFunc(slices.Clone(q.entries), func(o *entry) bool { return q.yields(now, o, e) })
	if len(firm) >= queueSize || q.full(e.priority) {
		return nil, radio.TxQueueFull
	}
	if status = q.place(now, e, firm, e.leeway.first); status != radio.TxOK {
		return nil, status
	}
	return e, radio.TxOK
}

// full says whether there is no room for another downlink of that priority.
func (q *Queue) full(p Priority) bool {
	n := 0
	for _, e := range q.entries {
		if e.priority >= p {
			n++
		}
	}
	return n >= queueSize
}

// yields says whether an entry makes way for a new one.
func (q *Queue) yields(now Instant, o, e *entry) bool {
	if q.chain != nil && q.chain.entry == o && now.ahead(q.chain.start) < minLead {
		return false
	}
	return o.priority < e.priority || o.priority == e.priority && o.leeway.floats && !e.leeway.floats
}

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
