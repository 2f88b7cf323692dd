package log

import (
	"fmt"

	"hexspot/radio"
)

// Outcome is what became of a receipt.
type Outcome string

// The outcomes of a check.
const (
	Included Outcome = "included"  // the record is in the log where the receipt says
	Missing  Outcome = "missing"   // it is not: see the evidence
	OtherLog Outcome = "other log" // the receipt is of another epoch or ingest
)

// Finding is what a check says of one receipt.
type Finding struct {
	Receipt  Receipt
	Outcome  Outcome
	Evidence *Evidence // if Missing
}

// readAhead is how many ids are read at a time: 128 KiB.
const readAhead = 4096

// Bundle is what an epoch's bundle says of one log.
type Bundle struct {
	Final   Note       // the final checkpoint
	Log     Leaves     // the ids of the log, in its order
	Mark    *HighWater // the ingest's last high-water mark, nil if not at hand
	Records Leaves     // the ids of the records that the bundle carries, nil if not at hand
	Count   uint64     // how many those are
}

// Check looks for the records of receipts: each must be in the log at its index and, if
// the bundle's Records are given, among those. With a high-water mark the evidence of a
// record beyond the end needs no bundle. The findings are in the order of the receipts.
// An error says that the log is not what the checkpoint signs, or cannot be read.
func Check(b Bundle, receipts []Receipt) ([]Finding, error) {
	tree, err := treeOf(b.Final.checkpoint.Head, b.Log)
	if err != nil {
		return nil, err
	}
	carried, err := b.carries(receipts)
	if err != nil {
		return nil, err
	}
	findings := make([]Finding, len(receipts))
	for i, r := range receipts {
		if findings[i], err = b.find(tree, r); err != nil {
			return nil, err
		}
		if findings[i].Outcome == Included && !carried[r.Record] {
			findings[i] = missing(r, &Evidence{Kind: Withheld, Receipts: []Receipt{r}})
		}
	}
	return findings, nil
}

func missing(r Receipt, e *Evidence) Finding {
	return Finding{Receipt: r, Outcome: Missing, Evidence: e}
}

// find looks for one record in the log.
func (b Bundle) find(tree *Tree, r Receipt) (Finding, error) {
	var there Inclusion
	if r.Log == b.Final.checkpoint.Name && r.Index < tree.size {
		var err error
		if there, err = tree.Include(r.Index, tree.size); err != nil {
			return Finding{}, err
		}
	}
	return CheckOne(b.Final, there, b.Mark, r)
}

// carries says which records of the receipts the bundle carries: all, if that is not known.
func (b Bundle) carries(receipts []Receipt) (map[radio.RecordID]bool, error) {
	carried := make(map[radio.RecordID]bool, len(receipts))
	for _, r := range receipts {
		carried[r.Record] = b.Records == nil
	}
	if b.Records == nil {
		return carried, nil
	}
	err := scan(b.Records, b.Count, func(ids []radio.RecordID) {
		for _, id := range ids {
			if _, wanted := carried[id]; wanted {
				carried[id] = true
			}
		}
	})
	return carried, err
}

// scan reads a list a piece at a time.
func scan(list Leaves, size uint64, take func([]radio.RecordID)) error {
	ids := make([]radio.RecordID, readAhead)
	for from := uint64(0); from < size; from += uint64(len(ids)) {
		ids = ids[:min(readAhead, size-from)]
		if err := list.ReadIDs(from, ids); err != nil {
			return fmt.Errorf("reading the list of records from %d: %w", from, err)
		}
		take(ids)
	}
	return nil
}

// treeOf builds the tree of a list and compares it with the checkpoint's.
func treeOf(head Head, list Leaves) (*Tree, error) {
	tree := NewTree(list)
	if err := scan(list, head.Size, func(ids []radio.RecordID) { tree.Append(ids...) }); err != nil {
		return nil, err
	}
	if tree.Head() != head {
		return nil, fmt.Errorf("the list of records is not what the checkpoint signs: root %s, want %s", tree.Head().Root, head.Root)
	}
	return tree, nil
}

// beyond is the evidence that the log ends before the receipt's index, the stronger
// one if there is a choice.
func beyond(final Note, mark *HighWater, r Receipt) *Evidence {
	overdue := Evidence{Kind: Overdue, Receipts: []Receipt{r}, HighWater: mark}
	if mark != nil && overdue.Verify() == nil {
		return &overdue
	}
	return &Evidence{Kind: Omitted, Receipts: []Receipt{r}, Notes: []Note{final}}
}

// CheckOne is Check for a station that has no list: there is the log's answer to
// what it has at the receipt's index. For an index beyond the checkpoint there is none
// to ask for, and the zero Inclusion will do.
func CheckOne(final Note, there Inclusion, mark *HighWater, r Receipt) (Finding, error) {
	switch {
	case r.Log != final.checkpoint.Name:
		return Finding{Receipt: r, Outcome: OtherLog}, nil
	case r.Index >= final.checkpoint.Size:
		return missing(r, beyond(final, mark, r)), nil
	case there.Index != r.Index:
		return Finding{}, fmt.Errorf("the proof is of index %d, want %d", there.Index, r.Index)
	}
	if err := there.Verify(final.checkpoint.Head); err != nil {
		return Finding{}, err
	}
	if there.Record != r.Record {
		return missing(r, &Evidence{Kind: Replaced, Receipts: []Receipt{r}, Notes: []Note{final}, Inclusion: &there}), nil
	}
	return Finding{Receipt: r, Outcome: Included}, nil
}
