package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3"
)

// openSQLite opens a file with one writer and several readers, which do not wait for
// each other (WAL). A transaction is on the disk for good when it ends (FULL), and
// has the write lock from its beginning, so that it cannot fail half-way.
func openSQLite(path string, there bool) (*Book, error) {
	if path == "" {
		return nil, errors.New("sqlite: no path")
	}
	mode := os.O_RDWR
	if !there {
		mode |= os.O_CREATE
	}
	file, err := os.OpenFile(path, mode, 0o600) // the library would let others read
	if there && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrNoBook, err)
	}
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite3", sqliteName(path, "_txlock=immediate&_journal_mode=WAL&_synchronous=FULL"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite3", sqliteName(path, "mode=ro&_query_only=on"))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(maxReaders)
	return &Book{write: write, read: read, engine: engine{migrations: "sqlite", isBook: sqliteIsBook, duplicate: sqliteDuplicate}}, nil
}

const sqliteIsBook = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'"

// maxReaders bounds the connections that read at a time.
const maxReaders = 4

func sqliteName(path, options string) string {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return name.String() + "?_busy_timeout=5000&_foreign_keys=on&" + options
}

func sqliteDuplicate(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
}
