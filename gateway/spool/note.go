package spool

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// mostNote bounds a note.
const mostNote = 64 << 10

// Note gives what was noted last under a name; false: nothing was.
func (s *Spool) Note(ctx context.Context, name string) (body []byte, ok bool, err error) {
	err = s.use(ctx, func(db *sql.DB) error {
		err := db.QueryRowContext(ctx, "SELECT body FROM note WHERE name = ?", name).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading the note %q: %w", name, err)
	}
	return body, ok, nil
}

// SetNote notes something under a name, in the place of what was noted before. It is
// safe from a power cut when SetNote returns.
func (s *Spool) SetNote(ctx context.Context, name string, body []byte) error {
	if len(body) > mostNote {
		return fmt.Errorf("a note of %d bytes, at most %d", len(body), mostNote)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO note (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body", name, append([]byte{}, body...))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting %q: %w", name, err)
	}
	return nil
}
