package spool

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Answers gives, in the order in which they came, the acknowledged records of a kind in
// a spool that may be in use, with their receipts, until f returns an error. It changes
// nothing.
func Answers(ctx context.Context, path, kind string, f func(Settled) error) (err error) {
	if _, err := fileBytes(path); err != nil {
		return err
	}
	db, err := connect(path, "ro")
	if err != nil {
		return fmt.Errorf("opening the spool %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := answers(ctx, db, recordsPrefix+kind, f); err != nil {
		return fmt.Errorf("reading the spool %s: %w", path, err)
	}
	return nil
}

func answers(ctx context.Context, db *sql.DB, queue string, f func(Settled) error) error {
	rows, err := db.QueryContext(ctx, `SELECT key, body, answer, due FROM item
		WHERE queue = (SELECT id FROM queue WHERE name = ?) AND state = ? AND key IS NOT NULL
		ORDER BY due, number`, queue, acknowledged)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s Settled
		var at int64
		if err := rows.Scan(&s.Key, &s.Body, &s.Answer, &at); err != nil {
			return err
		}
		s.At = time.UnixMilli(at).UTC()
		if err := f(s); err != nil {
			return err
		}
	}
	return rows.Err()
}
