package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// keeper moves the frames of a backlog to its store and back, so that neither the
// router nor the forwarder ever waits for a disk. While the destination takes what
// comes it does nothing.
type keeper struct {
	queue    *backlog
	store    Store
	interval time.Duration // for how long frames may wait for being written
	log      *slog.Logger

	failing  bool // the latest attempt to write failed
	unloaded int  // attempts to load that failed, in a row
}

const (
	// retryPause is between attempts to use a store that fails.
	retryPause = 10 * time.Second
	// loadTries is how often loading is tried before newer frames go on without
	// what cannot be loaded.
	loadTries = 3
	// closeLimit is how long the last writing may take, and how long it may be tried again.
	closeLimit = 600 * time.Millisecond
)

// Persist makes a forwarder keep frames in a store while they must wait: when the
// destination is away, has not acknowledged for a second, or takes longer than that with
// more than a few; and at the end of Run. What the store has kept from an earlier start is sent first,
// oldest first. A power cut loses what came in the last interval and the second
// before it, and has sent again what was acknowledged in the last interval; interval
// 0 writes at once. It is called before Offer and Run. With an error the forwarder is
// as it was.
func (f *Forwarder) Persist(ctx context.Context, store Store, interval time.Duration) error {
	first, next, err := store.Span(ctx)
	if err != nil {
		return fmt.Errorf("looking for frames kept for %s: %w", f.Name(), err)
	}
	f.queue.restore(first, next)
	f.keeper = &keeper{queue: f.queue, store: store, interval: interval, log: f.log}
	if next > first {
		f.log.Info("frames kept from an earlier start are sent first", "frames", next-first)
	}
	return nil
}

// run keeps until ctx ends, and then writes all that is left.
func (k *keeper) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	armed := false
	for {
		now := false
		select {
		case <-ctx.Done():
			k.finish(ctx)
			return
		case <-k.queue.work:
		case <-timer.C:
			armed, now = false, true
		}
		k.step(ctx, k.queue.plan(wanted{
			small: now || k.interval == 0,
			write: (now || !k.failing) && k.unloaded == 0, // nothing more to a disk that cannot be read
			load:  now || k.unloaded == 0,
		}))
		if !armed && k.queue.waits() {
			timer.Reset(k.pause())
			armed = true
		}
	}
}

func (k *keeper) pause() time.Duration {
	if k.failing || k.unloaded > 0 {
		return retryPause
	}
	return k.interval
}

// finish writes what is left, within closeLimit, and once more within that: a machine that
// stood still, or a disk that did, has used up the first.
func (k *keeper) finish(ctx context.Context) {
	left := k.writeAll(ctx)
	if left > 0 && !k.failing {
		left = k.writeAll(ctx)
	}
	if left > 0 {
		k.log.Warn("frames in memory are lost with this stop: they cannot be written", "frames", left)
	}
}

// writeAll writes what is in memory within closeLimit, and says how many frames are in memory only then.
func (k *keeper) writeAll(ctx context.Context) (left int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	for tried := false; ; tried = true {
		d := k.queue.plan(wanted{small: true, write: true, all: true})
		if len(d.write) == 0 && d.remove == 0 || tried && (k.failing || ctx.Err() != nil) {
			return d.fresh
		}
		k.step(ctx, d)
	}
}

// step does what is due. It loads first, because sending waits for that, and makes
// room before it writes.
func (k *keeper) step(ctx context.Context, d due) {
	if d.from < d.to {
		k.load(ctx, d)
	}
	if len(d.write) == 0 && d.remove == 0 {
		return
	}
	err := errors.Join(k.remove(ctx, d), k.write(ctx, d))
	if failing := err != nil; failing != k.failing && ctx.Err() == nil {
		k.failing = failing
		k.tell(err)
	}
}

// tell says when the store begins to fail and when it works again.
func (k *keeper) tell(err error) {
	if err != nil {
		k.log.Warn("the disk cannot be used: frames wait in memory only", "error", err)
		return
	}
	k.log.Info("the disk can be used again: frames that must wait are kept there")
}

func (k *keeper) remove(ctx context.Context, d due) error {
	if d.remove == 0 {
		return nil
	}
	if err := k.store.Remove(ctx, d.remove); err != nil {
		return fmt.Errorf("removing what was acknowledged: %w", err)
	}
	k.queue.removedBefore(d.remove)
	return nil
}

func (k *keeper) write(ctx context.Context, d due) error {
	if len(d.write) == 0 {
		return nil
	}
	oldest, err := k.store.Append(ctx, d.first, d.write)
	if err != nil {
		k.queue.notWrote()
		return fmt.Errorf("writing %d frames: %w", len(d.write), err)
	}
	k.queue.wrote(d, oldest)
	return nil
}

func (k *keeper) load(ctx context.Context, d due) {
	frames, err := k.store.Load(ctx, d.from, d.to)
	switch {
	case err == nil:
		k.unloaded = 0
		k.queue.loaded(d, frames)
	case ctx.Err() != nil:
	case k.unloaded+1 < loadTries:
		k.unloaded++
		k.log.Debug("frames on the disk cannot be read, will try again", "error", err)
	default:
		k.unloaded = 0
		k.log.Error("frames on the disk are given up: they cannot be read", "frames", k.queue.abandon(), "error", err)
	}
}
