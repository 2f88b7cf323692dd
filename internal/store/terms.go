package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hexspot/radio"
)

// Terms are what a network never changes, and how far it has come.
type Terms struct {
	Network radio.Network
	Timing  string // as it was given to Settle
	Begun   uint64 // the newest epoch that has begun: what was registered for it stays
}

// Errors of terms.
var (
	// ErrOtherTerms says that a book is of another network, or of another timing.
	ErrOtherTerms = errors.New("the book is of other terms")
	// ErrBegun says that a change would begin in an epoch that has begun.
	ErrBegun = errors.New("the epoch has begun already")
)

const (
	insertTerms = "INSERT INTO terms (id, network, timing, begun) VALUES (1, $1, $2, 0) ON CONFLICT DO NOTHING"
	selectTerms = "SELECT network, timing, begun FROM terms"
	updateBegun = "UPDATE terms SET begun = $1 WHERE begun < $1"
)

// rowQuerier is a transaction or a database that is asked for one row.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Terms are those of the book, false if nobody has settled any.
func (b *Book) Terms(ctx context.Context) (Terms, bool, error) {
	t, found, err := terms(ctx, b.read)
	if err != nil {
		err = fmt.Errorf("reading the terms of the book: %w", err)
	}
	return t, found, err
}

func terms(ctx context.Context, q rowQuerier) (t Terms, found bool, err error) {
	var network []byte
	switch err := q.QueryRowContext(ctx, selectTerms).Scan(&network, &t.Timing, &t.Begun); {
	case errors.Is(err, sql.ErrNoRows):
		return Terms{}, false, nil
	case err != nil:
		return Terms{}, false, err
	case len(network) != len(t.Network):
		return Terms{}, false, errRow
	}
	copy(t.Network[:], network)
	return t, true, nil
}

// Settle keeps network and timing in a book that has none yet. A book that has others gives
// ErrOtherTerms; Terms says which.
func (b *Book) Settle(ctx context.Context, network radio.Network, timing string) error {
	err := b.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, insertTerms, network[:], timing); err != nil {
			return err
		}
		has, _, err := terms(ctx, tx)
		if err == nil && (has.Network != network || has.Timing != timing) {
			err = fmt.Errorf("%w: network %v, timing %s", ErrOtherTerms, has.Network, has.Timing)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("settling the terms of the book: %w", err)
	}
	return nil
}

// Begin notes that an epoch has begun. Earlier ones have, too.
func (b *Book) Begin(ctx context.Context, epoch uint64) error {
	err := b.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, updateBegun, bounded(epoch))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that epoch %d has begun: %w", epoch, err)
	}
	return nil
}

// checkBegun refuses what would begin in an epoch that has begun.
func checkBegun(ctx context.Context, tx *sql.Tx, from uint64) error {
	t, _, err := terms(ctx, tx)
	if err == nil && from <= t.Begun {
		err = fmt.Errorf("%w: it would begin in epoch %d, and epoch %d runs", ErrBegun, from, t.Begun)
	}
	return err
}
