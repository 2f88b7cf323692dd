package log

import (
	"fmt"
	"time"
)

func provesReplaced(e Evidence) error {
	r, p := e.Receipts[0], *e.Inclusion
	if err := p.Verify(e.Notes[0].checkpoint.Head); err != nil {
		return err
	}
	return demand(p.Index == r.Index && p.Record != r.Record)
}

func saysReplaced(e Evidence) string {
	r, p := e.Receipts[0], *e.Inclusion
	return fmt.Sprintf("record %s was given index %d, where the log of %d records has %s", r.Record, r.Index, e.Notes[0].checkpoint.Size, p.Record)
}

func provesOverdue(e Evidence) error {
	r, h := e.Receipts[0], e.HighWater
	return demand(r.Index >= h.Size && r.Received < h.Received)
}

func saysOverdue(e Evidence) string {
	r, h := e.Receipts[0], e.HighWater
	return fmt.Sprintf("record %s, received at %d, was given index %d in a log that is to have no more than %d records received before %d",
		r.Record, r.Received, r.Index, h.Size, h.HighWater.Received)
}

func provesOmitted(e Evidence) error {
	return demand(e.Receipts[0].Index >= e.Notes[0].checkpoint.Size)
}

func saysOmitted(e Evidence) string {
	r := e.Receipts[0]
	return fmt.Sprintf("record %s was given index %d, and the final log has only %d records", r.Record, r.Index, e.Notes[0].checkpoint.Size)
}

func saysWithheld(e Evidence) string {
	return fmt.Sprintf("record %s, acknowledged with index %d, is not in the bundle", e.Receipts[0].Record, e.Receipts[0].Index)
}

func provesCut(e Evidence) error {
	return demand(e.Notes[0].checkpoint.Size > e.HighWater.Size)
}

func saysCut(e Evidence) string {
	h := e.HighWater
	return fmt.Sprintf("the log had %d records, and its high-water mark of %s says that it ends with %d",
		e.Notes[0].checkpoint.Size, h.HighWater.Received.Time().Format(time.RFC3339), h.Size)
}

func provesTwice(e Evidence) error {
	a, b := e.Receipts[0], e.Receipts[1]
	return demand(a.Index == b.Index && a.Record != b.Record)
}

func saysTwice(e Evidence) string {
	a, b := e.Receipts[0], e.Receipts[1]
	return fmt.Sprintf("index %d was given to records %s and %s", a.Index, a.Record, b.Record)
}

func provesSplit(e Evidence) error {
	a, b := e.Notes[0].checkpoint, e.Notes[1].checkpoint
	return demand(a.Size == b.Size && a.Root != b.Root)
}

func saysSplit(e Evidence) string {
	a, b := e.Notes[0].checkpoint, e.Notes[1].checkpoint
	return fmt.Sprintf("the log shows two roots of %d records, %s and %s", a.Size, a.Root, b.Root)
}

func provesForked(e Evidence) error {
	a, b := e.Notes[0].checkpoint.Head, e.Notes[1].checkpoint.Head
	if err := e.Consistency.Verify(); err != nil {
		return err
	}
	c := *e.Consistency
	return demand(c.New == b && c.Old.Size == a.Size && c.Old.Root != a.Root)
}

func saysForked(e Evidence) string {
	a, b := e.Notes[0].checkpoint, e.Notes[1].checkpoint
	return fmt.Sprintf("the log of %d records does not begin with what it showed as %d records: root %s, was %s", b.Size, a.Size, e.Consistency.Old.Root, a.Root)
}
