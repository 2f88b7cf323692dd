package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"hexspot/internal/journal"
)

// Store is what a network keeps, without the network: the journal and its files.
type Store struct {
	Journal *journal.Journal
	rolling rolling
	dir     string // of the log in this process, "": a cluster
	lost    bool   // it may lack what it had
}

// OpenStore opens the store of a data directory, and its bucket once: what could never be rolled off is not
// taken. A server that does not answer now may do so later. Nobody else may have it open.
func OpenStore(ctx context.Context, c Config, data Data, log *slog.Logger) (*Store, error) {
	j, err := journal.Open(ctx, c.Journal.Config, string(data), log)
	if err != nil {
		return nil, fmt.Errorf("the journal: %w", err)
	}
	s := &Store{Journal: j, rolling: rolling{journal: j, bucket: data.filesURL(c.Journal), log: log}, lost: c.Journal.Lost}
	if c.Journal.URL == "" {
		s.dir = c.Journal.LogDir(string(data))
	}
	bucket, err := journal.OpenBucket(ctx, s.rolling.bucket)
	if err == nil {
		err = bucket.Close()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the journal's files: %w", err), j.Close())
	}
	return s, nil
}

// ErrNoJournal says that there is no journal.
var ErrNoJournal = errors.New("there is no journal")

// OpenStoreThere is OpenStore where a journal is, for who wants to look at it: where there is none it makes none,
// which is ErrNoJournal.
func OpenStoreThere(ctx context.Context, c Config, data Data, log *slog.Logger) (*Store, error) {
	if dir := c.Journal.LogDir(string(data)); c.Journal.URL == "" {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w in %s", ErrNoJournal, dir)
		}
	}
	return OpenStore(ctx, c, data, log)
}

// Roll rolls off the hours that were over at a time.
func (s *Store) Roll(ctx context.Context, until time.Time) ([]journal.File, error) {
	return s.rolling.roll(ctx, until)
}

// Files are those that were rolled off.
func (s *Store) Files(ctx context.Context) ([]journal.File, error) {
	return filesIn(ctx, s.rolling.bucket)
}

func filesIn(ctx context.Context, url string) (files []journal.File, err error) {
	bucket, err := journal.OpenBucket(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	return bucket.Files(ctx)
}

// Close closes the journal.
func (s *Store) Close() error { return s.Journal.Close() }
