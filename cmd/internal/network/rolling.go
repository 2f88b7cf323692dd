package network

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"hexspot/internal/journal"
)

// filesURL is where files are, below the data directory if nothing is configured.
func (d Data) filesURL(c JournalConfig) string {
	if c.Files != "" {
		return c.Files
	}
	path, err := filepath.Abs(d.path(filesDir))
	if err != nil {
		path = d.path(filesDir)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Pace of rolling off: a little after each hour, a cluster's clocks differ.
const (
	rollEvery = 10 * time.Minute
	rollAfter = time.Minute
)

// rolling rolls the journal off into files.
type rolling struct {
	journal *journal.Journal
	bucket  string
	log     *slog.Logger
}

// run rolls off at the start and from time to time, until ctx ends. What fails is
// logged and tried again: records stay in the log until they are in files.
func (r rolling) run(ctx context.Context) error {
	ticker := time.NewTicker(rollEvery)
	defer ticker.Stop()
	for {
		if _, err := r.roll(ctx, time.Now().Add(-rollAfter)); err != nil && ctx.Err() == nil {
			r.log.Error("the journal was not rolled off", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// roll rolls off the hours that were over at a time.
func (r rolling) roll(ctx context.Context, until time.Time) (made []journal.File, err error) {
	bucket, err := journal.OpenBucket(ctx, r.bucket)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	made, err = r.journal.Roll(ctx, bucket, until)
	for _, f := range made {
		r.log.Info("rolled off", "file", f.Name(), "bytes", f.Size)
	}
	return made, err
}
