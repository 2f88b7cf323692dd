package spool

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
)

// migrations are numbered from 1; user_version says how many a file has seen.
//
//go:embed migrations/*.sql
var migrations embed.FS

// version is the newest migration.
const version = 2

// migrate brings a file up to date. A file of a newer program is an error, not
// damage: it is left alone.
func migrate(ctx context.Context, db *sql.DB) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("reading the version: %w", err)
	}
	if have > version {
		return fmt.Errorf("the file has version %d, of a newer program; this one knows %d", have, version)
	}
	for n := have + 1; n <= version; n++ {
		if err := apply(ctx, db, n); err != nil {
			return fmt.Errorf("migration %d: %w", n, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, n int) error {
	text, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.sql", n))
	if err != nil {
		return err
	}
	return within(ctx, db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n))
		return err
	})
}

// within runs f in a transaction: all of it happens, or nothing.
func within(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the error of f is the one that matters
		return err
	}
	return tx.Commit()
}
