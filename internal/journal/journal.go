package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// appendTimeout is how long Append tries: a cluster's election takes 5 to 8 s.
const appendTimeout = 15 * time.Second

// Journal is an open log.
type Journal struct {
	config    Config
	keeper    *keeper
	committer *committer
	log       *slog.Logger
	rolling   sync.Mutex
}

// Open opens the log, or connects to its cluster. Relative directories are below
// dir. It takes entries while Run runs.
func Open(ctx context.Context, c Config, dir string, log *slog.Logger) (*Journal, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.WithDefaults()
	c.Dir = c.LogDir(dir)
	at, err := c.place(log)
	if err != nil {
		return nil, err
	}
	j := &Journal{config: c, log: log, keeper: &keeper{place: at, config: c, log: log}}
	j.committer = newCommitter(j.keeper)
	j.committer.used.most.Store(c.MaxBytes)
	if _, err := j.keeper.take(ctx); err != nil {
		return nil, errors.Join(err, at.close())
	}
	return j, nil
}

func (c Config) place(log *slog.Logger) (place, error) {
	if c.URL != "" {
		return cluster{c.URL, c.Credentials}, nil
	}
	return newEmbedded(c, log)
}

// Append returns nil when the entry is durable. The id names the content: an entry
// whose id the log has known for less than two minutes is taken for the same one
// and not stored again. Errors: ErrFull, ErrSlow, ErrInvalid, ErrClosed, or ctx's.
func (j *Journal) Append(ctx context.Context, subject, id string, data []byte) error {
	e := entry{subject, id, bytes.Clone(data)}
	if err := checkEntry(e); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, appendTimeout, ErrSlow)
	defer cancel()
	if err := j.committer.append(ctx, e); err != nil {
		return fmt.Errorf("appending to the journal: %w", err)
	}
	return nil
}

// Run commits entries and watches the log until ctx ends.
func (j *Journal) Run(ctx context.Context) error {
	go j.committer.run(ctx)
	j.watch(ctx)
	<-j.committer.ended
	return nil
}

// Close closes the log. Run must have ended, if it was called.
func (j *Journal) Close() error {
	if err := j.keeper.close(); err != nil {
		return fmt.Errorf("closing the journal: %w", err)
	}
	return nil
}
