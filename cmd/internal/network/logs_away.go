package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"hexspot/cmd/internal/web"
	"hexspot/witness"
	"hexspot/witness/log"
	"hexspot/witness/logdir"
)

// readingLogs are the files of the logs as a Store that writes nothing.
type readingLogs struct{ *logdir.Dir }

// Open opens a file that is there.
func (l readingLogs) Open(name string) (log.File, error) {
	file, err := l.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// mostAway is how many of the logs that the book has put away are open, and in use, at a
// time. One of a million records takes a quarter of a MiB.
const mostAway = 8

// awayPatience is how long a request waits for another one's log.
const awayPatience = 500 * time.Millisecond

// logsAway opens the logs that the book has put away when they are asked for, one at a
// time, and keeps a few open.
type logsAway struct {
	open    func(witness.Epoch) (*log.Log, log.Shown, error)
	opening chan struct{} // has room for who opens
	using   chan struct{} // has room for those who use one
	mu      sync.Mutex
	list    []*logAway // the one asked for last first
}

type logAway struct {
	epoch witness.Epoch
	log   *log.Log
	shown log.Shown
	users int
}

func newLogsAway(open func(witness.Epoch) (*log.Log, log.Shown, error)) *logsAway {
	return &logsAway{open: open, opening: make(chan struct{}, 1), using: make(chan struct{}, mostAway)}
}

// take gives a log, which stays open until the view is released; web.Busy: others use as many
// as may be open, or open one.
func (l *logsAway) take(ctx context.Context, epoch witness.Epoch) (logView, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, awayPatience, web.Busy)
	defer cancel()
	if err := enter(ctx, l.using); err != nil {
		return logView{}, err
	}
	a, err := l.find(ctx, epoch)
	if err != nil {
		<-l.using
		return logView{}, err
	}
	return logView{a.log, a.shown, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		a.users--
		<-l.using
	}}, nil
}

func enter(ctx context.Context, room chan struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l *logsAway) find(ctx context.Context, epoch witness.Epoch) (*logAway, error) {
	if a := l.known(epoch); a != nil {
		return a, nil
	}
	if err := enter(ctx, l.opening); err != nil {
		return nil, err
	}
	defer func() { <-l.opening }()
	if a := l.known(epoch); a != nil { // somebody else opened it meanwhile
		return a, nil
	}
	opened, shown, err := l.open(epoch)
	if err != nil {
		return nil, err
	}
	return l.add(&logAway{epoch, opened, shown, 1})
}

// known is a log that is open, for one more user.
func (l *logsAway) known(epoch witness.Epoch) *logAway {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.IndexFunc(l.list, func(a *logAway) bool { return a.epoch == epoch })
	if at < 0 {
		return nil
	}
	a := l.list[at]
	a.users++
	l.list = slices.Insert(slices.Delete(l.list, at, at+1), 0, a)
	return a
}

// add closes the log that nobody has used for longest, if there are too many.
func (l *logsAway) add(a *logAway) (*logAway, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.Insert(l.list, 0, a)
	for i := len(l.list) - 1; len(l.list) > mostAway && i > 0; i-- {
		if old := l.list[i]; old.users == 0 {
			l.list = slices.Delete(l.list, i, i+1)
			if err := old.log.Close(); err != nil {
				return a, fmt.Errorf("closing the log of epoch %d: %w", old.epoch, err)
			}
		}
	}
	return a, nil
}

func (l *logsAway) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var faults []error
	for _, a := range l.list {
		faults = append(faults, a.log.Close())
	}
	l.list = nil
	return errors.Join(faults...)
}

// logView is a log with what was shown of it, while it is open.
type logView struct {
	log     *log.Log
	shown   log.Shown
	release func()
}

// atHand is a log that the book has open.
func (c *checkpoints) atHand(epoch witness.Epoch) (logView, error) {
	l := c.book.Log(epoch)
	s, shown := c.last(epoch)
	if l == nil || !shown {
		return logView{}, noCheckpoint(epoch)
	}
	return logView{l, s, func() {}}, nil
}

// kept is a log that the book has open, or has put away.
func (c *checkpoints) kept(ctx context.Context, epoch witness.Epoch) (logView, error) {
	if v, err := c.atHand(epoch); err == nil || c.book.Log(epoch) != nil {
		return v, err
	}
	v, err := c.away.take(ctx, epoch)
	if errors.Is(err, fs.ErrNotExist) {
		err = noCheckpoint(epoch)
	}
	return v, err
}

// openAway opens a log that was put away, with its final checkpoint and mark.
func (c *checkpoints) openAway(epoch witness.Epoch) (*log.Log, log.Shown, error) {
	name := log.Name{Network: c.network, Epoch: epoch, Ingest: c.ingest}
	l, mark, err := log.OpenAway(readingLogs{c.files.Dir}, name, c.schedule.Timing)
	if err != nil {
		return nil, log.Shown{}, err
	}
	shown, err := c.finalOf(l, mark)
	if err != nil {
		return nil, log.Shown{}, errors.Join(fmt.Errorf("the checkpoint of epoch %d: %w", epoch, err), l.Close())
	}
	return l, shown, nil
}

func (c *checkpoints) finalOf(l *log.Log, body witness.HighWater) (log.Shown, error) {
	was, known, err := c.readNote(l.Name().Epoch)
	if err != nil {
		return log.Shown{}, err
	}
	shown, err := c.signLog(l, log.Shown{Note: was}, known)
	if err != nil {
		return log.Shown{}, err
	}
	signed, err := c.signMark(body)
	if err != nil {
		return log.Shown{}, err
	}
	mark, err := log.ParseHighWater(signed.Append(nil), c.network)
	shown.Mark = &mark
	return shown, err
}
