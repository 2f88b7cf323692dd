package log

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"hexspot/radio"
)

// maxProof bounds a proof: a tree of MaxSize records is 32 levels high, and a
// consistency proof has one hash more.
const maxProof = 33

// Inclusion proves that a record has an index in a tree (RFC 6962, 2.1.1).
type Inclusion struct {
	Record radio.RecordID
	Index  uint64
	Proof  []Hash
}

// Consistency says of a tree what root its first records had, and proves that they
// are its beginning (RFC 6962, 2.1.2). Old is what the log now says it was: comparing
// that with an old checkpoint is the point.
type Consistency struct {
	Old   Head
	New   Head
	Proof []Hash
}

// Include proves the record at an index in the tree of that size.
func (t *Tree) Include(index, size uint64) (Inclusion, error) {
	if index >= size || size > t.size {
		return Inclusion{}, fmt.Errorf("proving record %d of %d: the log has %d", index, size, t.size)
	}
	var id [1]radio.RecordID
	if t.leaves == nil {
		return Inclusion{}, errors.New("proving a record: the ids are not at hand")
	}
	if err := t.leaves.ReadIDs(index, id[:]); err != nil {
		return Inclusion{}, fmt.Errorf("proving record %d: %w", index, err)
	}
	proof, err := tlog.ProveRecord(int64(size), int64(index), t)
	if err != nil {
		return Inclusion{}, fmt.Errorf("proving record %d of %d: %w", index, size, err)
	}
	return Inclusion{Record: id[0], Index: index, Proof: proof}, nil
}

// Extend proves that the tree of one size begins with that of a smaller one.
func (t *Tree) Extend(from, to uint64) (Consistency, error) {
	if from > to {
		return Consistency{}, fmt.Errorf("proving that %d records begin with %d: they do not", to, from)
	}
	earlier, err := t.HeadAt(from)
	if err != nil {
		return Consistency{}, err
	}
	later, err := t.HeadAt(to)
	if err != nil {
		return Consistency{}, err
	}
	c := Consistency{Old: earlier, New: later}
	if from > 0 {
		c.Proof, err = tlog.ProveTree(int64(to), int64(from), t)
	}
	if err != nil {
		return Consistency{}, fmt.Errorf("proving that %d records begin with %d: %w", to, from, err)
	}
	return c, nil
}

// Verify checks the proof against a tree's head.
func (p Inclusion) Verify(head Head) error {
	if head.Size > MaxSize || p.Index >= head.Size || len(p.Proof) > maxProof {
		return fmt.Errorf("inclusion of record %d in %d with %d hashes: out of range", p.Index, head.Size, len(p.Proof))
	}
	err := tlog.CheckRecord(p.Proof, int64(head.Size), head.Root, int64(p.Index), leafHash(p.Record))
	if err != nil {
		return fmt.Errorf("inclusion of record %d in %d: %w", p.Index, head.Size, err)
	}
	return nil
}

// Verify checks that the first records of New have the root of Old. That New and Old are
// those of checkpoints is for the caller to compare.
func (c Consistency) Verify() error {
	if err := c.verify(); err != nil {
		return fmt.Errorf("consistency of %d and %d records: %w", c.Old.Size, c.New.Size, err)
	}
	return nil
}

// emptyRoot is the root of no records.
var emptyRoot = NewTree(nil).Head().Root

func (c Consistency) verify() error {
	switch {
	case c.New.Size > MaxSize || c.Old.Size > c.New.Size || len(c.Proof) > maxProof:
		return fmt.Errorf("out of range, with %d hashes", len(c.Proof))
	case c.New.Size == 0 && c.New.Root != emptyRoot || c.Old.Size == 0 && c.Old.Root != emptyRoot:
		return errors.New("no records have another root")
	case c.Old.Size == 0 && len(c.Proof) > 0:
		return errors.New("hashes that prove nothing")
	case c.Old.Size == 0:
		return nil
	}
	return tlog.CheckTree(c.Proof, int64(c.New.Size), c.New.Root, int64(c.Old.Size), c.Old.Root)
}
