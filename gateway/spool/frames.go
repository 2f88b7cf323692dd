package spool

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hexspot/gateway"
)

// Frames keeps the frames of one destination.
type Frames struct {
	spool *Spool
	name  string // of the queue
	most  int64  // bytes
	taken int64  // at most so many bytes are taken; -1: not known
}

var _ gateway.Store = (*Frames)(nil)

// framesPrefix begins the names of queues of frames.
const framesPrefix = "frames "

// Frames gives the store of a destination that shares max_bytes with others. The name
// is what finds its frames after a restart.
func (s *Spool) Frames(destination string, sharedBy int) *Frames {
	return &Frames{spool: s, name: framesPrefix + destination, most: s.config.MaxBytes / int64(max(sharedBy, 1)), taken: -1}
}

// rowOverhead is about what a row takes beside its body.
const rowOverhead = 32

// Span implements gateway.Store.
func (f *Frames) Span(ctx context.Context) (first, next uint64, err error) {
	err = f.spool.use(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT coalesce(min(number), 0), coalesce(max(number) + 1, 0)
			FROM item WHERE queue = (SELECT id FROM queue WHERE name = ?)`, f.name).Scan(&first, &next)
	})
	return first, next, err
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Append implements gateway.Store. The oldest frames make room.
func (f *Frames) Append(ctx context.Context, first uint64, frames []*gateway.Frame) (oldest uint64, err error) {
	taken := f.taken
	f.taken = -1 // until it is done
	err = f.spool.write(ctx, func(tx *sql.Tx) error {
		id, err := queueID(ctx, tx, f.name)
		if err != nil {
			return err
		}
		added, err := insert(ctx, tx, id, first, frames)
		if err != nil {
			return err
		}
		if err := trimAge(ctx, tx, id, f.spool.oldest()); err != nil {
			return err
		}
		if taken, err = trimBytes(ctx, tx, id, taken, added, f.most); err != nil {
			return err
		}
		oldest, err = firstOr(ctx, tx, id, first+uint64(len(frames)))
		return err
	})
	if err != nil {
		return 0, err
	}
	f.taken = taken
	return oldest, nil
}

// firstOr is the number of a queue's oldest item, or a number if it has none.
func firstOr(ctx context.Context, db querier, queue int64, none uint64) (first uint64, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(min(number), ?) FROM item WHERE queue = ?", none, queue).Scan(&first)
	return first, err
}

// insert adds frames and tells how many bytes they take.
func insert(ctx context.Context, tx *sql.Tx, queue int64, first uint64, frames []*gateway.Frame) (taken int64, err error) {
	statement, err := tx.PrepareContext(ctx, "INSERT INTO item (queue, number, at, body) VALUES (?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	for i, frame := range frames {
		body, err := AppendFrame(nil, frame)
		if err != nil {
			return 0, err
		}
		if _, err := statement.ExecContext(ctx, queue, first+uint64(i), millis(frame.ReceivedAt), body); err != nil {
			return 0, err
		}
		taken += int64(len(body)) + rowOverhead
	}
	return taken, nil
}

// millis are Unix milliseconds, 0 for no time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// queueID finds a queue, or makes it.
func queueID(ctx context.Context, db querier, name string) (id int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT id FROM queue WHERE name = ?", name).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	result, err := db.ExecContext(ctx, "INSERT INTO queue (name) VALUES (?)", name)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Load implements gateway.Store. What is too old, or cannot be read, is left out.
func (f *Frames) Load(ctx context.Context, from, to uint64) (list []gateway.Held, err error) {
	err = f.spool.use(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT number, body FROM item
			WHERE queue = (SELECT id FROM queue WHERE name = ?) AND number >= ? AND number < ? AND (at = 0 OR at >= ?)
			ORDER BY number`, f.name, from, to, f.spool.oldest())
		if err != nil {
			return err
		}
		defer rows.Close()
		list, err = f.scan(rows)
		return err
	})
	return list, err
}

func (f *Frames) scan(rows *sql.Rows) (list []gateway.Held, err error) {
	for rows.Next() {
		var number uint64
		var body []byte
		if err := rows.Scan(&number, &body); err != nil {
			return nil, err
		}
		frame, err := ParseFrame(body)
		if err != nil {
			f.spool.log.Warn("a frame in the spool cannot be read and is left out", "number", number, "error", err)
			continue
		}
		list = append(list, gateway.Held{Number: number, Frame: &frame})
	}
	return list, rows.Err()
}

// Remove implements gateway.Store.
func (f *Frames) Remove(ctx context.Context, below uint64) error {
	return f.spool.use(ctx, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `DELETE FROM item WHERE queue = (SELECT id FROM queue WHERE name = ?) AND number < ?`, f.name, below)
		if err != nil {
			return fmt.Errorf("deleting: %w", err)
		}
		return nil
	})
}
