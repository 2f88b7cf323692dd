package store

import (
	"bytes"
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
	Claim(ctx context.Context, to uint64, revision uint32, x0 [32]byte) error
}

var _ Anchors = (*Book)(nil)

// ErrClaimed says that there is another chain with that end and revision.
var ErrClaimed = errors.New("another chain has that end and revision")

const (
	insertAnchor = "INSERT INTO anchor (to_slot, revision, x0) VALUES ($1, $2, $3)"
	selectAnchor = "SELECT x0 FROM anchor WHERE to_slot = $1 AND revision = $2"
)

// Claim claims an end and revision for a chain.
func (b *Book) Claim(ctx context.Context, to uint64, revision uint32, x0 [32]byte) error {
	err := b.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertAnchor, int64(to), int64(revision), x0[:])
		return err
	})
	if b.engine.duplicate(err) {
		err = b.compareClaim(ctx, to, revision, x0)
	}
	if err != nil {
		return fmt.Errorf("claiming the chain to slot %d, revision %d: %w", to, revision, err)
	}
	return nil
}

func (b *Book) compareClaim(ctx context.Context, to uint64, revision uint32, x0 [32]byte) error {
	var have []byte
	if err := b.read.QueryRowContext(ctx, selectAnchor, int64(to), int64(revision)).Scan(&have); err != nil {
		return err
	}
	if !bytes.Equal(have, x0[:]) {
		return ErrClaimed
	}
	return nil
}
