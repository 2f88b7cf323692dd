package spool

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// oldest is when a frame must have come to be young enough, in Unix milliseconds.
func (s *Spool) oldest() int64 {
	return time.Now().Add(-time.Duration(s.config.MaxAge)).UnixMilli()
}

// trimAge deletes frames that came before oldest, up to the first that did not or
// whose time is not known.
func trimAge(ctx context.Context, db querier, queue, oldest int64) error {
	var young int64
	err := db.QueryRowContext(ctx, `SELECT number FROM item WHERE queue = ? AND (at = 0 OR at >= ?)
		ORDER BY number LIMIT 1`, queue, oldest).Scan(&young)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = db.ExecContext(ctx, "DELETE FROM item WHERE queue = ?", queue)
		return err
	}
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "DELETE FROM item WHERE queue = ? AND number < ?", queue, young)
	return err
}

// trimBytes deletes the oldest frames if a queue, of which at most taken bytes (-1:
// who knows) were taken before so many were added, has more than most. It then deletes
// a sixteenth more, because looking for what to delete means reading all of it. It
// returns how many bytes are taken at most.
func trimBytes(ctx context.Context, db querier, queue, taken, added, most int64) (int64, error) {
	if taken >= 0 && taken+added <= most {
		return taken + added, nil
	}
	if err := db.QueryRowContext(ctx, "SELECT coalesce(sum(length(body) + ?), 0) FROM item WHERE queue = ?",
		rowOverhead, queue).Scan(&taken); err != nil || taken <= most {
		return taken, err
	}
	var last sql.NullInt64
	if err := db.QueryRowContext(ctx, `SELECT max(number) FROM (
		SELECT number, sum(length(body) + ?) OVER (ORDER BY number DESC) AS taken FROM item WHERE queue = ?)
		WHERE taken > ?`, rowOverhead, queue, most-most/16).Scan(&last); err != nil {
		return 0, err
	}
	_, err := db.ExecContext(ctx, "DELETE FROM item WHERE queue = ? AND number <= ?", queue, last)
	return most - most/16, err
}

// trimAll deletes old frames of every queue, those of destinations that are no longer
// configured too.
func (s *Spool) trimAll(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT id FROM queue WHERE name >= ? AND name < ?", framesPrefix, framesPrefix+"\xff")
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, id := range ids {
		if err := trimAge(ctx, db, id, s.oldest()); err != nil {
			return err
		}
	}
	return nil
}
