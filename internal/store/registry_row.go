package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"hexspot/coverage"
	"hexspot/radio"
)

const columns = "station, nonce, from_epoch, owner, cell, x, y, z, gain, loss, data_only, plan, signed"

// The statements of the registry. from_epoch never falls as nonce rises, so the last
// row that has begun is the one in force.
const (
	insertSite     = "INSERT INTO site (" + columns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
	selectLast     = "SELECT " + columns + " FROM site WHERE station = $1 ORDER BY nonce DESC LIMIT 1"
	selectAt       = "SELECT " + columns + " FROM site WHERE station = $1 AND from_epoch <= $2 ORDER BY nonce DESC LIMIT 1"
	selectHistory  = "SELECT " + columns + " FROM site WHERE station = $1 ORDER BY nonce"
	selectSnapshot = "SELECT " + columns + " FROM site AS s WHERE nonce = " +
		"(SELECT max(nonce) FROM site AS t WHERE t.station = s.station AND t.from_epoch <= $1) ORDER BY station"
)

// maxEpoch is the protocol's bound of every epoch; a number column holds it.
const maxEpoch = 1 << 40

// bounded is an epoch to ask for: all that is stored has begun by maxEpoch.
func bounded(epoch uint64) int64 { return int64(min(epoch, maxEpoch)) }

// row is a row of the table site.
type row struct {
	station radio.Station
	Record
}

// rowOf gives the values of the columns.
func rowOf(station radio.Station, r Record) []any {
	s, dataOnly := r.Site, 0
	if s.DataOnly {
		dataOnly = 1
	}
	return []any{
		station.Bytes(), int64(r.Nonce), int64(r.From), s.Owner[:], int64(s.Cell),
		int64(s.Center.X), int64(s.Center.Y), int64(s.Center.Z), int32(s.Gain), int32(s.Loss), dataOnly, s.Plan, r.Signed,
	}
}

// rows reads what a query gives; the first error is the last element.
func rows(ctx context.Context, q querier, query string, args ...any) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		found, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			yield(row{}, err)
			return
		}
		defer found.Close()
		for found.Next() {
			r, err := scan(found.Scan)
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := found.Err(); err != nil {
			yield(row{}, err)
		}
	}
}

// one is the row of a query for at most one.
func one(rows iter.Seq2[row, error]) (r row, found bool, err error) {
	for r, err = range rows {
		found = err == nil
	}
	return r, found, err
}

// errRow says that a row is not one that a book writes.
var errRow = errors.New("the registry holds a row that no change made")

// scan reads a row and checks it: somebody else may have written to the database.
func scan(into func(...any) error) (row, error) {
	var r row
	var station, owner []byte
	var dataOnly int
	s := &r.Site
	err := into(&station, &r.Nonce, &r.From, &owner, &s.Cell, &s.Center.X, &s.Center.Y, &s.Center.Z,
		&s.Gain, &s.Loss, &dataOnly, &s.Plan, &r.Signed)
	if err != nil {
		return row{}, fmt.Errorf("%w: %w", errRow, err)
	}
	if r.station, err = radio.StationFromBytes(station); err != nil {
		return row{}, fmt.Errorf("%w: %w", errRow, err)
	}
	if len(owner) != len(s.Owner) {
		return row{}, fmt.Errorf("%w: an owner of %d bytes", errRow, len(owner))
	}
	s.Owner, s.DataOnly = coverage.Account(owner), dataOnly != 0
	if err := s.Validate(); err != nil {
		return row{}, fmt.Errorf("%w: station %v, change %d: %w", errRow, r.station, r.Nonce, err)
	}
	return r, nil
}
