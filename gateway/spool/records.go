package spool

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Records keeps records of one kind until they are acknowledged. Times are passed in.
type Records struct {
	spool *Spool
	name  string // of the queue
}

// recordsPrefix begins the names of queues of records.
const recordsPrefix = "records "

// Records gives the records of a kind, "opening" or "report".
func (s *Spool) Records(kind string) *Records {
	return &Records{spool: s, name: recordsPrefix + kind}
}

// Record is one record that waits.
type Record struct {
	Key   []byte // names it, within its kind
	Body  []byte
	At    time.Time // when it was put
	Tries int       // how often Next has given it, this time included
}

// Bounds of records.
const (
	// MostRecords of a kind may wait: more than a busy witness makes in a month.
	MostRecords = 100_000
	mostKey     = 64
	mostBody    = 16 << 10
	// KeepSettled is how long acknowledged and refused records are kept.
	KeepSettled = 30 * 24 * time.Hour
)

// The states of an item.
const (
	waiting = iota
	acknowledged
	refused
)

var (
	// ErrFull says that MostRecords wait: the record is not kept.
	ErrFull = errors.New("too many records wait")
	// ErrTaken says that another record has that key.
	ErrTaken = errors.New("another record has that key")
	// ErrUnknown says that no such record waits.
	ErrUnknown = errors.New("no such record waits")
)

// Put keeps a record. It is safe from a power cut when Put returns, and given by Next
// until it is acknowledged or refused. The same record again is no error and changes
// nothing. Errors: ErrFull, ErrTaken, or that nothing can be written.
func (r *Records) Put(ctx context.Context, key, body []byte, now time.Time) error {
	if len(key) == 0 || len(key) > mostKey || len(body) > mostBody {
		return fmt.Errorf("a record with a key of %d and a body of %d bytes: want 1 to %d, and at most %d", len(key), len(body), mostKey, mostBody)
	}
	err := r.spool.write(ctx, func(tx *sql.Tx) error {
		id, err := queueID(ctx, tx, r.name)
		if err != nil {
			return err
		}
		if known, err := r.known(ctx, tx, id, key, body); known || err != nil {
			return err
		}
		return r.insert(ctx, tx, id, key, body, now)
	})
	if err != nil {
		return fmt.Errorf("keeping a record: %w", err)
	}
	return nil
}

// known says whether a record is there already.
func (r *Records) known(ctx context.Context, tx *sql.Tx, queue int64, key, body []byte) (bool, error) {
	var have []byte
	err := tx.QueryRowContext(ctx, "SELECT body FROM item WHERE queue = ? AND key = ?", queue, key).Scan(&have)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err == nil && !bytes.Equal(have, body):
		return false, ErrTaken
	}
	return err == nil, err
}

func (r *Records) insert(ctx context.Context, tx *sql.Tx, queue int64, key, body []byte, now time.Time) error {
	var count, number int64
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM item WHERE queue = ? AND state = ? AND key IS NOT NULL", queue, waiting).Scan(&count); err != nil {
		return err
	}
	if count >= MostRecords {
		return ErrFull
	}
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM item WHERE queue = ?", queue).Scan(&number); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO item (queue, number, at, body, key) VALUES (?, ?, ?, ?, ?)", queue, number, millis(now), append([]byte{}, body...), key) // nil is no blob
	return err
}

// Pauses between attempts to send a record: doubled each time.
const (
	firstPause   = 10 * time.Second
	longestPause = time.Hour
)

func pauseAfter(tries int) time.Duration {
	return min(firstPause<<min(tries-1, 16), longestPause)
}

// Next gives the waiting record that has been due longest, the oldest of those never
// given first, and makes it due again after a pause that doubles from 10 seconds to an
// hour. False: none is due.
func (r *Records) Next(ctx context.Context, now time.Time) (record Record, ok bool, err error) {
	err = r.spool.write(ctx, func(tx *sql.Tx) error {
		var queue, number, at int64
		err := tx.QueryRowContext(ctx, `SELECT queue, number, at, tries + 1, key, body FROM item
			WHERE queue = (SELECT id FROM queue WHERE name = ?) AND state = ? AND due <= ? AND key IS NOT NULL
			ORDER BY due, number LIMIT 1`, r.name, waiting, millis(now)).Scan(&queue, &number, &at, &record.Tries, &record.Key, &record.Body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		record.At, ok = time.UnixMilli(at).UTC(), true
		_, err = tx.ExecContext(ctx, "UPDATE item SET tries = ?, due = ? WHERE queue = ? AND number = ?",
			record.Tries, millis(now.Add(pauseAfter(record.Tries))), queue, number)
		return err
	})
	if err != nil {
		return Record{}, false, fmt.Errorf("looking for a record to send: %w", err)
	}
	return record, ok, nil
}

// Hasten makes every waiting record due: the network is back.
func (r *Records) Hasten(ctx context.Context) error {
	return r.spool.use(ctx, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `UPDATE item SET due = 0 WHERE queue = (SELECT id FROM queue WHERE name = ?)
			AND state = ? AND due > 0 AND key IS NOT NULL`, r.name, waiting)
		return err
	})
}

// Ack ends the sending of a record and keeps it with its receipt for KeepSettled.
// ErrUnknown if it does not wait: it was settled before, or never put.
func (r *Records) Ack(ctx context.Context, key, receipt []byte, now time.Time) error {
	return r.settle(ctx, key, acknowledged, receipt, now)
}

// Refuse ends the sending of a record that the network does not want, and keeps it
// with the reason for KeepSettled. ErrUnknown as for Ack.
func (r *Records) Refuse(ctx context.Context, key []byte, reason string, now time.Time) error {
	return r.settle(ctx, key, refused, []byte(reason), now)
}

func (r *Records) settle(ctx context.Context, key []byte, state int, answer []byte, now time.Time) error {
	err := r.spool.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE item SET state = ?, answer = ?, due = ?
			WHERE queue = (SELECT id FROM queue WHERE name = ?) AND key = ? AND state = ?`, state, answer, millis(now), r.name, key, waiting)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			return errors.Join(err, ErrUnknown)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM item WHERE queue = (SELECT id FROM queue WHERE name = ?)
			AND state IN (?, ?) AND due < ? AND key IS NOT NULL`, r.name, acknowledged, refused, millis(now.Add(-KeepSettled)))
		return err
	})
	if err != nil {
		return fmt.Errorf("settling a record: %w", err)
	}
	return nil
}

// Recent gives the bodies of the records that were put last, settled or not, newest first,
// at most limit.
func (r *Records) Recent(ctx context.Context, limit int) (bodies [][]byte, err error) {
	err = r.spool.use(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT body FROM item WHERE queue = (SELECT id FROM queue WHERE name = ?)
			ORDER BY number DESC LIMIT ?`, r.name, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				return err
			}
			bodies = append(bodies, body)
		}
		return rows.Err()
	})
	return bodies, err
}

// Settled is a record whose sending has ended.
type Settled struct {
	Key, Body []byte
	Refused   bool
	Answer    []byte // the receipt, or the reason
	At        time.Time
}

// Settled gives the records settled since a time, oldest first, at most limit.
func (r *Records) Settled(ctx context.Context, since time.Time, limit int) (list []Settled, err error) {
	err = r.spool.use(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT key, body, state, answer, due FROM item
			WHERE queue = (SELECT id FROM queue WHERE name = ?) AND state IN (?, ?) AND due >= ? AND key IS NOT NULL
			ORDER BY due, number LIMIT ?`, r.name, acknowledged, refused, millis(since), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s Settled
			var state int
			var at int64
			if err := rows.Scan(&s.Key, &s.Body, &state, &s.Answer, &at); err != nil {
				return err
			}
			s.Refused, s.At = state == refused, time.UnixMilli(at).UTC()
			list = append(list, s)
		}
		return rows.Err()
	})
	return list, err
}
