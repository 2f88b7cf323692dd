package store

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed migrations
var migrations embed.FS

// migration is one step of a book's tables: the file NUMBER_name.sql. Steps only lead
// forward, and one that was released is never changed.
type migration struct {
	number int
	text   string
}

// migrate makes the steps that the book has not made, all in one transaction; both
// databases take back changes of tables, too.
//
// It is this function and not a library, because that is all that is needed: no steps
// back, no steps in Go, no command of its own.
func (b *Book) migrate(ctx context.Context) error {
	steps, err := readMigrations(migrations, path.Join("migrations", b.engine.migrations))
	if err != nil {
		return err
	}
	return b.transact(ctx, func(tx *sql.Tx) error { return b.engine.apply(ctx, tx, steps) })
}

func (e engine) apply(ctx context.Context, tx *sql.Tx, steps []migration) error {
	if e.lock != "" {
		if _, err := tx.ExecContext(ctx, e.lock); err != nil {
			return fmt.Errorf("locking the tables: %w", err)
		}
	}
	made, err := stepsMade(ctx, tx)
	if err != nil {
		return fmt.Errorf("reading the version of the tables: %w", err)
	}
	if made > len(steps) {
		return tooNew(made, len(steps))
	}
	for _, step := range steps[made:] {
		if _, err := tx.ExecContext(ctx, step.text); err != nil {
			return fmt.Errorf("migration %d: %w", step.number, err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO migration (number) VALUES ($1)", step.number); err != nil {
			return fmt.Errorf("migration %d: %w", step.number, err)
		}
	}
	return nil
}

// check says whether the tables are there and as this program has them. It only reads. The
// connection that writes is opened when they are.
func (b *Book) check(ctx context.Context) error {
	steps, err := readMigrations(migrations, path.Join("migrations", b.engine.migrations))
	if err != nil {
		return err
	}
	var made int
	if err = b.read.QueryRowContext(ctx, b.engine.isBook).Scan(&made); err == nil && made > 0 {
		err = b.read.QueryRowContext(ctx, lastStep).Scan(&made)
	}
	switch {
	case err != nil:
		return fmt.Errorf("reading the version of the tables: %w", err)
	case made == 0:
		return fmt.Errorf("%w: the database has other tables, or none", ErrNoBook)
	case made > len(steps):
		return tooNew(made, len(steps))
	case made < len(steps):
		return fmt.Errorf("the tables are of version %d, this program reads %d: use the program that runs with them, or start this one's hexnet serve, which brings them up to date", made, len(steps))
	}
	return b.write.PingContext(ctx)
}

func tooNew(made, known int) error {
	return fmt.Errorf("the tables are of version %d, this program knows %d: use a newer one", made, known)
}

const lastStep = "SELECT coalesce(max(number), 0) FROM migration"

func stepsMade(ctx context.Context, tx *sql.Tx) (int, error) {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY)"); err != nil {
		return 0, err
	}
	var made int
	err := tx.QueryRowContext(ctx, lastStep).Scan(&made)
	return made, err
}

// readMigrations reads the steps of a directory, which must be numbered from 1.
func readMigrations(files fs.FS, dir string) ([]migration, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.sql"))
	if err != nil {
		return nil, err
	}
	var steps []migration
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		number, err := strconv.Atoi(digits)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{number, string(text)})
	}
	slices.SortFunc(steps, func(a, b migration) int { return cmp.Compare(a.number, b.number) })
	for i, step := range steps {
		if step.number != i+1 {
			return nil, fmt.Errorf("migrations of %s: number %d stands where %d must", dir, step.number, i+1)
		}
	}
	return steps, nil
}
