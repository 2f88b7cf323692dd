package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Anchors keep two instances of a network from anchoring two chains of entropy with one
// end and revision; Book does.
type Anchors interface {
	// Claim claims an end and revision for the chain with that anchor, before it is signed.
	// To claim it again for the same chain is no error. If it is another chain's, the error is
	// ErrClaimed. When it returns nil the claim is on disk.
	Claim(ctx context.Context, c Claim) error
	// Revealed notes that the value of a slot was published of the chain with that end and
	// revision. A slot that is older than what is noted changes nothing.
	Revealed(ctx context.Context, to uint64, revision uint32, slot uint64) error
	// Claims are those with that end and that revision or a higher one, rising.
	Claims(ctx context.Context, to uint64, revision uint32) ([]Claim, error)
}

// Claim is a chain of entropy that is anchored, or is about to be.
type Claim struct {
	From     uint64 // first slot; 0: claimed by a program that did not note it
	To       uint64 // the slot after the last one
	Revision uint32
	X0       [32]byte
	Revealed uint64 // newest slot that was noted as revealed, 0: none
}

var _ Anchors = (*Book)(nil)

// ErrClaimed says that there is another chain with that end and revision.
var ErrClaimed = errors.New("another chain has that end and revision")

const (
	insertAnchor  = "INSERT INTO anchor (to_slot, revision, x0, from_slot) VALUES ($1, $2, $3, $4)"
	updateAnchor  = "UPDATE anchor SET revealed = $1 WHERE to_slot = $2 AND revision = $3 AND revealed < $1"
	selectAnchors = "SELECT from_slot, to_slot, revision, x0, revealed FROM anchor WHERE to_slot = $1 AND revision >= $2 ORDER BY revision"
)

// Claim claims an end and revision for a chain.
func (b *Book) Claim(ctx context.Context, c Claim) error {
	err := b.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertAnchor, int64(c.To), int64(c.Revision), c.X0[:], int64(c.From))
		return err
	})
	if b.engine.duplicate(err) {
		err = b.compareClaim(ctx, c)
	}
	if err != nil {
		return fmt.Errorf("claiming the chain to slot %d, revision %d: %w", c.To, c.Revision, err)
	}
	return nil
}

func (b *Book) compareClaim(ctx context.Context, c Claim) error {
	have, err := b.Claims(ctx, c.To, c.Revision)
	if err != nil {
		return err
	}
	if len(have) == 0 || have[0].Revision != c.Revision || have[0].X0 != c.X0 {
		return ErrClaimed
	}
	return nil
}

// Revealed notes how far a chain is revealed.
func (b *Book) Revealed(ctx context.Context, to uint64, revision uint32, slot uint64) error {
	err := b.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, updateAnchor, int64(slot), int64(to), int64(revision))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that slot %d was revealed: %w", slot, err)
	}
	return nil
}

// Claims reads who has an end.
func (b *Book) Claims(ctx context.Context, to uint64, revision uint32) (list []Claim, err error) {
	rows, err := b.read.QueryContext(ctx, selectAnchors, int64(to), int64(revision))
	if err != nil {
		return nil, fmt.Errorf("reading the chains to slot %d: %w", to, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c Claim
		var x0 []byte
		if err := rows.Scan(&c.From, &c.To, &c.Revision, &x0, &c.Revealed); err != nil {
			return nil, fmt.Errorf("reading the chains to slot %d: %w", to, err)
		}
		copy(c.X0[:], x0)
		list = append(list, c)
	}
	return list, rows.Err()
}
