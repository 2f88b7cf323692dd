package spool

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// Spool is one SQLite file. All of it is safe for concurrent use.
type Spool struct {
	config Config
	log    *slog.Logger

	mu sync.RWMutex // held for writing while the file is replaced
	db *sql.DB
}

// Open opens the spool, which is made if it is not there. A damaged file is moved
// aside to PATH.corrupt, and a new one is begun. An error means that nothing can be
// kept at that place.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Spool, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := Unopened(c, log)
	if err := s.begin(ctx); err != nil {
		return nil, fmt.Errorf("opening the spool %s: %w", c.Path, err)
	}
	return s, nil
}

// Unopened gives a spool that could not be opened: each use fails, and tries again to open it
// for the next. The configuration must be valid.
func Unopened(c Config, log *slog.Logger) *Spool {
	return &Spool{config: c.withDefaults(), log: log.With("spool", c.Path)}
}

// IsOpen says whether the file is open.
func (s *Spool) IsOpen() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.db != nil
}

// begin opens the file, or a new one if it is damaged.
func (s *Spool) begin(ctx context.Context) error {
	err := s.open(ctx)
	if damaged(err) {
		err = s.beginAnew(ctx, err)
	}
	return err
}

// Close ends all use of the file.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

// open opens the file, brings it up to date, and deletes frames that are too old.
func (s *Spool) open(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.config.Path), 0o700); err != nil {
		return err
	}
	db, err := connect(s.config.Path, "rwc")
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(ctx, db), s.trimAll(ctx, db)); err != nil {
		return errors.Join(err, db.Close())
	}
	s.db = db
	return nil
}

// connect opens a file with one connection, which is enough: each use takes a
// millisecond, and a second page cache would be memory for nothing. Every commit is
// on the disk when it returns (FULL); how often there is one is the caller's choice.
func connect(path, mode string) (*sql.DB, error) {
	parameters := url.Values{
		"mode":          {mode},
		"_txlock":       {"immediate"},
		"_busy_timeout": {"5000"},
		"_foreign_keys": {"on"},
		"_cache_size":   {"-256"}, // KiB
		"_synchronous":  {"FULL"},
	}
	if mode == "rwc" {
		parameters.Set("_journal_mode", "WAL")
	}
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: parameters.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// damaged says whether a file is no SQLite file, or a broken one.
func damaged(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// errNoFile says that the file could not be opened, or a damaged one not be replaced.
var errNoFile = errors.New("the spool is not open")

// use runs f on the file. If that is not open, it is opened for the next use. If it turns out
// to be damaged, it is moved aside and a new one begun; f's error stays.
func (s *Spool) use(ctx context.Context, f func(*sql.DB) error) error {
	s.mu.RLock()
	used, err := s.db, errNoFile
	if used != nil {
		err = f(used)
	}
	s.mu.RUnlock()
	if used != nil && !damaged(err) {
		return err
	}
	return errors.Join(err, s.replace(ctx, used, err))
}

// replace begins a new file in the place of a damaged one, unless somebody else has. If
// that fails it is tried again with the next use. The damaged one is closed first: its
// end would remove the log of whatever has its name.
func (s *Spool) replace(ctx context.Context, broken *sql.DB, cause error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.db != broken:
		return nil
	case broken == nil:
		if err := s.begin(ctx); err != nil {
			return err
		}
		s.log.Info("the spool could not be opened before, and is open now")
		return nil
	}
	_ = broken.Close() // what a damaged file says at its end does not help
	s.db = nil
	return s.beginAnew(ctx, cause)
}

// write is use in a transaction.
func (s *Spool) write(ctx context.Context, f func(*sql.Tx) error) error {
	return s.use(ctx, func(db *sql.DB) error { return within(ctx, db, f) })
}

// beginAnew moves a damaged file aside, in the place of an earlier one, so that
// damage at each start does not fill the disk.
func (s *Spool) beginAnew(ctx context.Context, cause error) error {
	path := s.config.Path
	aside := path + ".corrupt"
	for _, suffix := range []string{"", "-wal"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("moving the damaged spool aside: %w", err)
		}
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the damaged spool's index: %w", err)
	}
	s.log.Error("the spool is damaged: it was moved aside, a new one is begun", "moved_to", aside, "error", cause)
	return s.open(ctx)
}
