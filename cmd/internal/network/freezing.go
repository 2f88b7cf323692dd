package network

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

// freezing ends the logs of epochs that are over: it promises that nothing will follow,
// and journals that high-water mark and the final checkpoint; then the log is sealed.
type freezing struct {
	provingParts
	config ingest.Config
	ingest *ingest.Ingest
	book   *log.Book

	checkpoints *checkpoints

	next   witness.Epoch // to be frozen
	frozen atomic.Uint64 // epochs before this one are
}

// newFreezing goes on after the logs that are sealed. An epoch whose mark was made before
// the start and whose log was not sealed gets the same mark again.
func newFreezing(p provingParts, c ingest.Config, in *ingest.Ingest, book *log.Book, checkpoints *checkpoints) *freezing {
	f := &freezing{provingParts: p, config: c, ingest: in, book: book, checkpoints: checkpoints}
	f.next = c.Timing.Epoch(c.Timing.SlotAt(p.now()))
	if epochs := book.Epochs(); len(epochs) > 0 {
		f.next = min(f.next, epochs[0])
	}
	for book.Sealed(f.next) {
		f.next++
	}
	f.frozen.Store(uint64(f.next))
	return f
}

// freezeEvery is how often it is looked for epochs that are over.
const freezeEvery = time.Second

// run freezes epochs until ctx ends. What fails is logged and tried again.
func (f *freezing) run(ctx context.Context) error {
	ticker := time.NewTicker(freezeEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := f.catchUp(ctx, f.now())
		if err != nil && !failing && ctx.Err() == nil {
			f.log.Error("an epoch's log was not frozen, trying again", "epoch", f.next, "error", err)
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// catchUp freezes every epoch whose time has come.
func (f *freezing) catchUp(ctx context.Context, now witness.Millis) error {
	for f.config.Timing.Freezes(f.next) <= now {
		freezes := f.config.Timing.Freezes(f.next)
		if f.ingest.Promise(now) < freezes {
			return nil // a report of before is on its way
		}
		if err := f.freeze(ctx, f.next); err != nil {
			return err
		}
		f.next++
		f.frozen.Store(uint64(f.next))
	}
	return f.book.Release(f.config.Oldest(now))
}

func (f *freezing) freeze(ctx context.Context, epoch witness.Epoch) error {
	mark, err := f.checkpoints.mark(epoch)
	if err != nil {
		return err
	}
	freezes := f.config.Timing.Freezes(epoch)
	if err := f.keep(ctx, string(radio.KindHighWater), 0, mark.ID(f.network).String(), freezes, mark.Append(nil)); err != nil {
		return err
	}
	final, err := f.checkpoints.sign(epoch)
	if err != nil {
		return err
	}
	if err := f.keep(ctx, "checkpoint", 0, fmt.Sprintf("checkpoint-%d", epoch), freezes, []byte(final.Note.String())); err != nil {
		return err
	}
	if err := f.book.Seal(epoch); err != nil {
		return err
	}
	if err := f.checkpoints.finish(epoch, final, mark); err != nil {
		return err
	}
	f.tell(final.Note.Checkpoint())
	return nil
}

// tell logs an epoch that is over, with what became of reports since the start.
func (f *freezing) tell(final log.Checkpoint) {
	c := f.ingest.Counts()
	f.log.Info("epoch frozen", "epoch", final.Epoch, "records", final.Size,
		"taken", c.Taken, "again", c.Again, "failed", c.Failed, "refused", c.Refused)
}
