package store

import (
	"context"
	"database/sql"
	"errors"

	"hexspot/coverage"
	"hexspot/radio"
)

// Statements that read a bounded number of rows, whatever the book holds. selectEnd goes from
// station to station by the key, past their histories.
const (
	selectEnd = "WITH RECURSIVE walk (n, station) AS (" +
		"SELECT 1, (SELECT station FROM site WHERE station > $1 ORDER BY station LIMIT 1) UNION ALL " +
		"SELECT walk.n + 1, (SELECT station FROM site WHERE site.station > walk.station ORDER BY station LIMIT 1) " +
		"FROM walk WHERE walk.n < $2 AND walk.station IS NOT NULL) " +
		"SELECT n, station FROM walk WHERE station IS NOT NULL ORDER BY n DESC LIMIT 1"
	selectPage = "SELECT " + columns + " FROM site AS s WHERE station > $1 AND station <= $2 AND nonce = " +
		"(SELECT max(nonce) FROM site AS t WHERE t.station = s.station AND t.from_epoch <= $3) ORDER BY station"
	selectChanges = "SELECT " + columns + " FROM site WHERE station = $1 AND nonce >= $2 ORDER BY nonce LIMIT $3"
	countStations = "SELECT count(*) FROM site WHERE nonce = 0" // every station has one such row
)

// Page is a part of a snapshot.
type Page struct {
	Listings []coverage.Listing // rising by station; of stations whose first site begins later, none
	Last     radio.Station      // that was looked at: the next page is after it
	More     bool               // there may be a next page
}

// Page gives what is published in an epoch of so many stations after one, the zero one for the
// first. All pages of an epoch that is over are its snapshot, whenever they are read.
func (b *Book) Page(ctx context.Context, epoch uint64, after radio.Station, most int) (Page, error) {
	var found int
	var last []byte
	switch err := b.read.QueryRowContext(ctx, selectEnd, after.Bytes(), most).Scan(&found, &last); {
	case errors.Is(err, sql.ErrNoRows):
		return Page{}, nil
	case err != nil:
		return Page{}, wrapped(err)
	}
	p := Page{More: found == most}
	var err error
	if p.Last, err = radio.StationFromBytes(last); err != nil {
		return Page{}, errors.Join(errRow, err)
	}
	for r, err := range rows(ctx, b.read, selectPage, after.Bytes(), last, bounded(epoch)) {
		if err != nil {
			return Page{}, wrapped(err)
		}
		p.Listings = append(p.Listings, coverage.Listing{Station: r.station, Entry: r.Entry})
	}
	return p, nil
}

// Changes gives so many changes of a station at most, from a nonce on, in order.
func (b *Book) Changes(ctx context.Context, s radio.Station, from uint64, most int) ([]Record, error) {
	var all []Record
	for r, err := range rows(ctx, b.read, selectChanges, s.Bytes(), bounded(from), most) {
		if err != nil {
			return nil, wrapped(err)
		}
		all = append(all, r.Record)
	}
	return all, nil
}

// Stations is how many stations have a site. It reads all of the registry.
func (b *Book) Stations(ctx context.Context) (uint64, error) {
	var n uint64
	err := b.read.QueryRowContext(ctx, countStations).Scan(&n)
	return n, wrapped(err)
}
