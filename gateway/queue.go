package gateway

import (
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
	return e.start < o.end()+MinLead && o.start < e.end()+MinLead
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
	if q.chain != nil && q.chain.entry == o && now.ahead(q.chain.start) < MinLead {
		return false
	}
	return o.priority < e.priority || o.priority == e.priority && o.leeway.floats && !e.leeway.floats
}
