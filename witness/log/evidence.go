package log

import (
	"errors"
	"fmt"
)

// Kind says which promise a log broke.
type Kind string

// The kinds of evidence. Each but Omitted, Withheld and Cut convinces without anything else.
const (
	// Replaced: a receipt gives an index to a record; a checkpoint of the log has another there.
	Replaced Kind = "replaced"
	// Overdue: a receipt gives an index at or beyond the size of which a high-water
	// mark later than the receipt's time says that no such record will follow.
	Overdue Kind = "overdue"
	// Omitted: a receipt gives an index at or beyond the size of a checkpoint. It proves
	// an omission if the epoch's bundle states that checkpoint as its final one.
	Omitted Kind = "omitted"
	// Withheld: a receipt. It proves an omission if the bundle of the receipt's epoch
	// does not carry the record.
	Withheld Kind = "withheld"
	// Cut: a checkpoint is larger than the size of which a high-water mark says that no
	// record will follow. It proves that the log was cut if the epoch took no more records at
	// the mark's time.
	Cut Kind = "cut"
	// Twice: two receipts give one index to two records.
	Twice Kind = "twice"
	// Split: two checkpoints of one size have different roots.
	Split Kind = "split"
	// Forked: a proof shows that the larger tree of two checkpoints does not begin with
	// the smaller.
	Forked Kind = "forked"
)

// Evidence is a broken promise of a log: statements that its ingest signed and that
// cannot all be true. Receipts, notes and marks were verified when they were made.
type Evidence struct {
	Kind        Kind
	Receipts    []Receipt
	Notes       []Note // the smaller tree first
	HighWater   *HighWater
	Inclusion   *Inclusion
	Consistency *Consistency
}

// parts are how many of each statement a kind has.
type parts struct{ receipts, notes, marks, inclusions, consistencies int }

// kinds is the table of kinds: what each consists of and what makes it a contradiction.
var kinds = map[Kind]struct {
	parts  parts
	proves func(Evidence) error
	says   func(Evidence) string
}{
	Replaced: {parts{receipts: 1, notes: 1, inclusions: 1}, provesReplaced, saysReplaced},
	Overdue:  {parts{receipts: 1, marks: 1}, provesOverdue, saysOverdue},
	Omitted:  {parts{receipts: 1, notes: 1}, provesOmitted, saysOmitted},
	Withheld: {parts{receipts: 1}, func(Evidence) error { return nil }, saysWithheld},
	Cut:      {parts{notes: 1, marks: 1}, provesCut, saysCut},
	Twice:    {parts{receipts: 2}, provesTwice, saysTwice},
	Split:    {parts{notes: 2}, provesSplit, saysSplit},
	Forked:   {parts{notes: 2, consistencies: 1}, provesForked, saysForked},
}

func (e Evidence) parts() parts {
	return parts{len(e.Receipts), len(e.Notes), count(e.HighWater), count(e.Inclusion), count(e.Consistency)}
}

func count[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}

// Log is the log at fault.
func (e Evidence) Log() Name {
	if len(e.Receipts) > 0 {
		return e.Receipts[0].Log
	}
	if len(e.Notes) > 0 {
		return e.Notes[0].checkpoint.Name
	}
	return Name{}
}

// FileName is what a file with the evidence is called.
func (e Evidence) FileName() string {
	name := fmt.Sprintf("evidence-%s-%d", e.Kind, e.Log().Epoch)
	if len(e.Receipts) > 0 {
		name += fmt.Sprintf("-%d", e.Receipts[0].Index)
	}
	return name + ".json"
}

// Verify checks that the statements contradict each other. What the reader has to
// confirm besides, Condition says.
func (e Evidence) Verify() error {
	kind, ok := kinds[e.Kind]
	if !ok {
		return fmt.Errorf("evidence: there is no kind %.40q", string(e.Kind))
	}
	if e.parts() != kind.parts {
		return fmt.Errorf("evidence %s: its statements are not those of the kind", e.Kind)
	}
	if !e.ofOneLog() {
		return fmt.Errorf("evidence %s: %w", e.Kind, errOtherLog)
	}
	if err := kind.proves(e); err != nil {
		return fmt.Errorf("evidence %s: %w", e.Kind, err)
	}
	return nil
}

// Condition is what has to be confirmed in the epoch's bundle for the evidence to
// convince, "" if nothing.
func (e Evidence) Condition() string {
	switch e.Kind {
	case Omitted:
		return "the epoch's bundle states this checkpoint as its final one"
	case Withheld:
		return "the epoch's bundle does not carry the record"
	case Cut:
		return "the epoch and its time for reports were over at the mark's time, by the timing in the network's anchor"
	}
	return ""
}

func (e Evidence) ofOneLog() bool {
	log := e.Log()
	for _, r := range e.Receipts {
		if r.Log != log {
			return false
		}
	}
	for _, n := range e.Notes {
		if n.checkpoint.Name != log {
			return false
		}
	}
	return log != Name{} && (e.HighWater == nil || e.HighWater.Log == log)
}

// String says in one line what the log did.
func (e Evidence) String() string {
	kind, ok := kinds[e.Kind]
	if !ok || e.parts() != kind.parts {
		return "no evidence"
	}
	return kind.says(e)
}

var errNoContradiction = errors.New("the statements do not contradict each other")

func demand(contradiction bool) error {
	if contradiction {
		return nil
	}
	return errNoContradiction
}
