package lns

import (
	"maps"
	"slices"
	"time"

	"hexspot/radio"
)

// How long a gateway may take: to answer a command, and to report after the
// emission should have ended.
const (
	ackLimit    = 5 * time.Second
	reportLimit = 30 * time.Second
	openMost    = 4096 // downlinks that are not closed
)

// Tally counts what became of all downlinks.
type Tally struct {
	Commanded  int
	Withheld   int // not commanded: no gateway had time, or it was too late
	Accepted   map[Slot]int
	Refused    int                           // no item accepted
	Statuses   map[radio.TxStatus]int        // of refused items, those of accepted commands too
	Outcomes   map[radio.EmissionOutcome]int // of accepted commands
	Unanswered int                           // no answer in time
	Silent     int                           // accepted and not reported in time
	Strange    int                           // answers and reports that fit no open downlink
}

// Taken is how many commands were accepted.
func (t Tally) Taken() int {
	n := 0
	for _, count := range t.Accepted {
		n += count
	}
	return n
}

// FirstShare is the share of RX1 in what was accepted for class A; false if nothing
// was.
func (t Tally) FirstShare() (float64, bool) {
	all := t.Accepted[RX1] + t.Accepted[RX2]
	if all == 0 {
		return 0, false
	}
	return float64(t.Accepted[RX1]) / float64(all), true
}

// Ledger keeps each downlink from command to end, so that none is forgotten.
type Ledger struct {
	open  map[uint32]*Entry
	tally Tally
	leads Leads
}

// NewLedger makes an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{open: map[uint32]*Entry{}, tally: Tally{
		Accepted: map[Slot]int{}, Statuses: map[radio.TxStatus]int{}, Outcomes: map[radio.EmissionOutcome]int{},
	}}
}

// Tally is what has been counted so far.
func (l *Ledger) Tally() Tally {
	t := l.tally
	t.Accepted, t.Statuses, t.Outcomes = maps.Clone(t.Accepted), maps.Clone(t.Statuses), maps.Clone(t.Outcomes)
	return t
}

// Leads are the lead times that were reported. The caller must not keep them.
func (l *Ledger) Leads() *Leads { return &l.leads }

// Open is how many downlinks have not ended.
func (l *Ledger) Open() int { return len(l.open) }

// Full says whether another downlink has no room.
func (l *Ledger) Full() bool { return len(l.open) >= openMost }

// Enter begins a downlink.
func (l *Ledger) Enter(at time.Duration, e Entry) {
	e.Commanded, e.deadline, e.Fate = at, at+ackLimit, Open
	l.open[e.Command.ID] = &e
	l.tally.Commanded++
}

// Ack takes a gateway's answer. The entry is nil if the answer fits none; it has
// ended unless its fate is Open.
func (l *Ledger) Ack(at time.Duration, a Ack) *Entry {
	e := l.open[a.ID]
	if e == nil || e.Command.Gateway != a.Gateway || e.Statuses != nil || !wellFormed(a.Statuses, len(e.Command.Items)) {
		l.tally.Strange++
		return nil
	}
	e.Answered, e.Statuses = at, slices.Clone(a.Statuses)
	for _, s := range e.Statuses {
		if s != radio.TxOK && s != radio.TxIgnored {
			l.tally.Statuses[s]++
		}
	}
	item, ok := e.Accepted()
	if !ok {
		l.tally.Refused++
		return l.end(at, e, Refused)
	}
	l.tally.Accepted[item.Slot]++
	e.deadline = at + item.Delay + item.Modulation.TimeOnAir(len(item.Payload)) + reportLimit
	if e.Report != nil {
		return l.conclude(at, e)
	}
	return e
}

// Report takes how a downlink ended, as Ack does. It may come before the answer.
func (l *Ledger) Report(at time.Duration, r Report) *Entry {
	e := l.open[r.ID]
	if e == nil || e.Command.Gateway != r.Gateway || e.Report != nil || r.Item < 0 || r.Item >= len(e.Command.Items) {
		l.tally.Strange++
		return nil
	}
	if e.Statuses != nil && e.accepted() != r.Item {
		l.tally.Strange++
		return nil
	}
	e.Report = &r
	if e.Statuses == nil {
		return e
	}
	return l.conclude(at, e)
}

// conclude ends a downlink that was accepted and reported. A report of another item
// than the accepted one is none.
func (l *Ledger) conclude(at time.Duration, e *Entry) *Entry {
	if e.Report.Item != e.accepted() {
		l.tally.Strange++
		e.Report = nil
		return e
	}
	l.tally.Outcomes[e.Report.Outcome]++
	if e.Report.Outcome != radio.Emitted {
		return l.end(at, e, Failed)
	}
	if e.Report.HasLead {
		l.leads.Add(e.Report.Lead)
	}
	return l.end(at, e, Emitted)
}

func (l *Ledger) end(at time.Duration, e *Entry, fate Fate) *Entry {
	e.Fate, e.Ended = fate, at
	delete(l.open, e.Command.ID)
	return e
}

// Next is when a downlink is overdue next, false if none is open.
func (l *Ledger) Next() (time.Duration, bool) {
	var next time.Duration
	first := true
	for _, e := range l.open {
		if first || e.deadline < next {
			next, first = e.deadline, false
		}
	}
	return next, !first
}

// Expire ends the downlinks that are overdue, in the order of their numbers.
func (l *Ledger) Expire(at time.Duration) []*Entry {
	var ended []*Entry
	for _, id := range slices.Sorted(maps.Keys(l.open)) {
		if e := l.open[id]; e.deadline <= at {
			ended = append(ended, l.overdue(at, e))
		}
	}
	return ended
}

func (l *Ledger) overdue(at time.Duration, e *Entry) *Entry {
	if e.Statuses == nil {
		l.tally.Unanswered++
		return l.end(at, e, Unanswered)
	}
	l.tally.Silent++
	return l.end(at, e, Silent)
}
