package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// keeper holds the one connection and opens another when it has to. It is the
// committer's sink.
type keeper struct {
	place  place
	config Config
	log    *slog.Logger

	mu   sync.Mutex
	conn *connection // nil: none
	sick bool        // the last attempt failed, and that was logged
	over bool        // closed: no other connection is opened
}

// take gives the connection, opened if need be.
func (k *keeper) take(ctx context.Context) (*connection, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.over:
		return nil, ErrClosed
	case k.conn != nil:
		return k.conn, nil
	}
	conn, err := open(ctx, k.place, k.config)
	if err != nil {
		return nil, err
	}
	k.conn = conn
	return conn, nil
}

// drop closes a connection that is of no use any more.
func (k *keeper) drop(conn *connection) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn == conn && conn != nil {
		k.conn = nil
		conn.close()
	}
}

func (k *keeper) each(ctx context.Context, entries []entry) []error {
	outcomes := make([]error, len(entries))
	err := k.use(ctx, func(c *connection) error {
		outcomes = c.each(ctx, entries)
		return worst(outcomes)
	})
	if err != nil && worst(outcomes) == nil { // it was not tried
		for i := range outcomes {
			outcomes[i] = err
		}
	}
	return outcomes
}

func (k *keeper) together(ctx context.Context, entries []entry) error {
	return k.use(ctx, func(c *connection) error { return c.together(ctx, entries) })
}

// worst is the outcome that says most about the log: no answer, then any other. That it has an
// entry already is no trouble.
func worst(outcomes []error) (found error) {
	for _, err := range outcomes {
		if errors.Is(err, errDuplicate) {
			continue
		}
		if found == nil || errors.Is(err, ErrSlow) {
			found = err
		}
	}
	return found
}

// use calls store with the connection, if there is room. A server of ours that has
// not answered is stopped before anything is tried again: it may know an id whose
// entry it could not write, and would call it a duplicate. What it reads from the
// disk when it starts is the truth.
func (k *keeper) use(ctx context.Context, store func(*connection) error) error {
	if err := k.place.room(); err != nil {
		return k.noted(err)
	}
	conn, err := k.take(ctx)
	if err != nil {
		return k.noted(err)
	}
	err = store(conn)
	if ctx.Err() != nil {
		return err // the journal ends
	}
	if conn.alone && isUnanswered(err) {
		k.log.Warn("the journal's log has not answered, it is started again", "error", err)
		k.drop(conn)
	}
	return k.noted(err)
}

// isUnanswered says whether an error leaves it open what the log has done.
func isUnanswered(err error) bool {
	return err != nil && !errors.Is(err, ErrFull) && !errors.Is(err, ErrInvalid) && !errors.Is(err, errDuplicate)
}

// noted logs when the log becomes sick, and when it is well again.
func (k *keeper) noted(err error) error {
	bad := err != nil && !errors.Is(err, errDuplicate) && !errors.Is(err, ErrInvalid)
	k.mu.Lock()
	changed := bad != k.sick
	k.sick = bad
	k.mu.Unlock()
	switch {
	case changed && bad:
		k.log.Error("the journal takes nothing: stations are not acknowledged and send again", "error", err)
	case changed:
		k.log.Info("the journal takes entries again")
	}
	return err
}

func (k *keeper) close() error {
	k.mu.Lock()
	conn := k.conn
	k.over = true
	k.mu.Unlock()
	k.drop(conn)
	return k.place.close()
}
