package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"hexspot/coverage"
	"hexspot/radio"
)

// Registry keeps the history of sites. It does what coverage.Registry does, and
// outlives the process; Book is one.
type Registry interface {
	// Apply accepts a change in an epoch as coverage.Change.Follow says, with the
	// change as it was signed. When it returns nil the change is on disk; when it
	// returns an error nothing has changed. Of two that come at once with one nonce,
	// one is told coverage.ErrNonce. A Book refuses what would begin in an epoch that has
	// begun, by Begin, with ErrBegun.
	Apply(ctx context.Context, c coverage.Change, epoch uint64, signed []byte) error
	// NextNonce is the nonce that the station's next change must have.
	NextNonce(ctx context.Context, s radio.Station) (uint64, error)
	// Site is the station's site in an epoch, false if it has none yet.
	Site(ctx context.Context, s radio.Station, epoch uint64) (coverage.Site, bool, error)
	// History gives every change of the station in order.
	History(ctx context.Context, s radio.Station) ([]Record, error)
	// Snapshot gives what is published in an epoch, by station: one state of the book,
	// whatever is applied meanwhile. The first error ends it.
	Snapshot(ctx context.Context, epoch uint64) iter.Seq2[coverage.Listing, error]
}

var _ Registry = (*Book)(nil)

// Record is an entry of a station's history with the change that made it.
type Record struct {
	coverage.Entry
	Signed []byte // as it came, with its signatures
}

// maxSigned bounds what is kept as a signed change; a real one has some 300 bytes.
const maxSigned = 8 << 10

// Apply accepts a change.
func (b *Book) Apply(ctx context.Context, c coverage.Change, epoch uint64, signed []byte) error {
	if len(signed) == 0 || len(signed) > maxSigned {
		return fmt.Errorf("registry: a signed change of %d bytes, want 1 to %d", len(signed), maxSigned)
	}
	err := b.transact(ctx, func(tx *sql.Tx) error {
		last, err := lastEntry(ctx, tx, c.Station)
		if err != nil {
			return err
		}
		entry, err := c.Follow(last, epoch)
		if err != nil {
			return err
		}
		if err := checkBegun(ctx, tx, entry.From); err != nil {
			return err
		}
		return b.insert(ctx, tx, c.Station, Record{entry, signed})
	})
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	return nil
}

func (b *Book) insert(ctx context.Context, tx *sql.Tx, station radio.Station, r Record) error {
	_, err := tx.ExecContext(ctx, insertSite, rowOf(station, r)...)
	if b.engine.duplicate(err) {
		return fmt.Errorf("site change %d of %v: %w: another was faster", r.Nonce, station, coverage.ErrNonce)
	}
	return err
}

// querier is a transaction or a database.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func lastEntry(ctx context.Context, q querier, station radio.Station) (*coverage.Entry, error) {
	r, found, err := one(rows(ctx, q, selectLast, station.Bytes()))
	if !found {
		return nil, err
	}
	return &r.Entry, nil
}

// NextNonce is the nonce of the station's next change.
func (b *Book) NextNonce(ctx context.Context, s radio.Station) (uint64, error) {
	last, err := lastEntry(ctx, b.read, s)
	if err != nil || last == nil {
		return 0, wrapped(err)
	}
	return last.Nonce + 1, nil
}

// Site is the station's site in an epoch.
func (b *Book) Site(ctx context.Context, s radio.Station, epoch uint64) (coverage.Site, bool, error) {
	e, found, err := b.Entry(ctx, s, epoch)
	return e.Site, found, err
}

// Entry is what the registry has of the station in an epoch, false if it has nothing yet.
func (b *Book) Entry(ctx context.Context, s radio.Station, epoch uint64) (coverage.Entry, bool, error) {
	r, found, err := one(rows(ctx, b.read, selectAt, s.Bytes(), bounded(epoch)))
	return r.Entry, found, wrapped(err)
}

// History gives every change of the station in order.
func (b *Book) History(ctx context.Context, s radio.Station) ([]Record, error) {
	var all []Record
	for r, err := range rows(ctx, b.read, selectHistory, s.Bytes()) {
		if err != nil {
			return nil, wrapped(err)
		}
		all = append(all, r.Record)
	}
	return all, nil
}

// Snapshot gives what is published in an epoch.
func (b *Book) Snapshot(ctx context.Context, epoch uint64) iter.Seq2[coverage.Listing, error] {
	return func(yield func(coverage.Listing, error) bool) {
		for r, err := range rows(ctx, b.read, selectSnapshot, bounded(epoch)) {
			if !yield(coverage.Listing{Station: r.station, Entry: r.Entry}, wrapped(err)) {
				return
			}
		}
	}
}

func wrapped(err error) error {
	if err == nil || errors.Is(err, errRow) {
		return err
	}
	return fmt.Errorf("reading the registry: %w", err)
}
