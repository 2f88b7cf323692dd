package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Book is an open book. It is safe for concurrent use, by several processes too.
type Book struct {
	write, read *sql.DB // the same for PostgreSQL
	engine      engine
}

// engine is what one kind of database does in its own way. Statements are written so
// that both understand them: $1 for the first parameter, each new one in turn.
type engine struct {
	migrations string // directory below migrations/
	isBook     string // whether there is the table of migrations
	lock       string // keeps other migrations out until the transaction ends; "" if it does by itself
	duplicate  func(error) bool
}

// Open opens the book at a URL and brings its tables up to date:
//
//	sqlite:PATH                        a file, made if need be for its owner alone
//	postgres://USER@HOST/DATABASE      a database that is there
func Open(ctx context.Context, url string) (*Book, error) { return openBook(ctx, url, false) }

// ErrNoBook says that there is no book at a URL.
var ErrNoBook = errors.New("there is no book")

// OpenThere is Open of a book that is there, for who wants to read it: where there is none it makes
// none, which is ErrNoBook, and it changes neither another file nor tables of an older version, which a
// running program may use.
func OpenThere(ctx context.Context, url string) (*Book, error) { return openBook(ctx, url, true) }

func openBook(ctx context.Context, url string, there bool) (*Book, error) {
	open := openPostgres
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		open, url = openSQLite, path
	} else if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("opening the book: want sqlite:PATH or postgres://HOST/DATABASE") // the URL may hold a password
	}
	b, err := open(url, there)
	if err == nil {
		ready := b.migrate
		if there {
			ready = b.check
		}
		err = ready(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the book: %w", errors.Join(err, b.Close()))
	}
	return b, nil
}

// Close closes the book. A nil book is closed.
func (b *Book) Close() error {
	if b == nil {
		return nil
	}
	var err error
	if b.read != b.write {
		err = b.read.Close()
	}
	return errors.Join(err, b.write.Close()) // last: who writes takes the files of SQLite's log away
}

// transact runs f in a transaction that is kept if f has no error, and else leaves
// no trace.
func (b *Book) transact(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
