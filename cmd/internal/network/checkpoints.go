package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

// checkpointTopic is where checkpoints are shown to stations, retained.
const checkpointTopic = "hexspot/net/checkpoint"

// checkpointSlots is how many slots lie between two checkpoints of a growing log: five
// minutes of the default timing. Stations write each one down, on cards that wear out.
const checkpointSlots = 5

// mostFinal is how many logs that grow no more are shown besides those that do.
const mostFinal = 2

// checkpoints shows how the logs grow, collects the signatures of stations, and proves what
// was shown. What is shown is on disk before: after a start the logs must still begin with it.
type checkpoints struct {
	provingParts
	book  *log.Book
	files *logs
	sites ingest.Registry // whose stations may sign

	mu      sync.Mutex
	shown   map[witness.Epoch]*shownLog
	changed bool // since the last publication
}

// shownLog is the last checkpoint of a log that was shown, with the signatures of stations.
type shownLog struct {
	log.Shown
	at      witness.Millis // signed
	unsaved bool           // signatures of stations came since it was written
}

// errRewritten says that a log is not what was shown of it. Nothing is signed then: that
// would be a forked log.
var errRewritten = errors.New("the log does not begin with the checkpoint that was shown of it: restore its file")

// newCheckpoints goes on with what was shown before the start.
func newCheckpoints(p provingParts, book *log.Book, files *logs, sites ingest.Registry) (*checkpoints, error) {
	c := &checkpoints{provingParts: p, book: book, files: files, sites: sites, shown: make(map[witness.Epoch]*shownLog)}
	for _, epoch := range book.Epochs() {
		if err := c.restore(epoch); err != nil {
			return nil, fmt.Errorf("the checkpoint of epoch %d: %w", epoch, err)
		}
	}
	return c, nil
}

func noteName(epoch witness.Epoch) string { return fmt.Sprint(epoch, ".note") }

// maxNote bounds a note's file: a text and 65 signatures.
const maxNote = 16 << 10

func (c *checkpoints) restore(epoch witness.Epoch) error {
	b, err := c.files.Read(noteName(epoch), maxNote)
	if err == nil {
		n, err := log.ParseNote(b)
		if err != nil {
			return err
		}
		c.shown[epoch] = &shownLog{Shown: log.Shown{Note: n}}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s, err := c.sign(epoch)
	if err != nil || !c.book.Sealed(epoch) {
		return err
	}
	mark, err := c.mark(epoch)
	if err != nil {
		return err
	}
	return c.finish(epoch, s, mark)
}

// mark is the last high-water mark of a log that grows no more, the same each time.
func (c *checkpoints) mark(epoch witness.Epoch) (radio.Signed, error) {
	body, err := c.book.Promise(epoch, c.schedule.Freezes(epoch))
	if err != nil {
		return radio.Signed{}, err
	}
	signed, err := radio.Sign(c.signer, c.network, radio.KindHighWater, body.Append(nil))
	if err != nil {
		return radio.Signed{}, fmt.Errorf("signing a high-water mark: %w", err)
	}
	return signed, nil
}

// finish shows the final checkpoint of a log.
func (c *checkpoints) finish(epoch witness.Epoch, s log.Shown, mark radio.Signed) error {
	m, err := log.ParseHighWater(mark.Append(nil), c.network)
	if err != nil {
		return err
	}
	return c.show(epoch, s, &m, 0)
}

// sign signs a log as it is, with the proof that it begins with what was shown; the
// signatures of stations stay where it has not grown.
func (c *checkpoints) sign(epoch witness.Epoch) (log.Shown, error) {
	l := c.book.Log(epoch)
	is := l.Checkpoint()
	was, known := c.last(epoch)
	if !known {
		n, err := log.Sign(c.signer, is)
		return log.Shown{Note: n}, err
	}
	before := was.Note.Checkpoint()
	if before.Name != is.Name || before.Size > is.Size {
		return log.Shown{}, fmt.Errorf("%w: %d records, was %d", errRewritten, is.Size, before.Size)
	}
	growth, err := l.Extend(before.Size, is.Size)
	if err != nil {
		return log.Shown{}, err
	}
	if growth.Old.Root != before.Root {
		return log.Shown{}, errRewritten
	}
	if is == before {
		return was, nil
	}
	n, err := log.Sign(c.signer, is)
	return log.Shown{Note: n, Growth: &growth}, err
}

// last is what was shown last of a log.
func (c *checkpoints) last(epoch witness.Epoch) (log.Shown, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.shown[epoch]; s != nil {
		return s.Shown, true
	}
	return log.Shown{}, false
}

// show writes a checkpoint down and has it shown from then on; the mark makes it final.
func (c *checkpoints) show(epoch witness.Epoch, s log.Shown, mark *log.HighWater, now witness.Millis) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.shown[epoch]
	if was != nil && was.Mark != nil && mark == nil {
		return nil // it was frozen meanwhile
	}
	if was != nil && was.Note.Checkpoint() == s.Note.Checkpoint() {
		s.Note = was.Note // a signature may have come meanwhile
	}
	if err := c.files.Replace(noteName(epoch), []byte(s.Note.String())); err != nil {
		return err
	}
	s.Mark = mark
	c.shown[epoch], c.changed = &shownLog{Shown: s, at: now}, true
	return nil
}

// run shows checkpoints until ctx ends. What fails is logged and tried again.
func (c *checkpoints) run(ctx context.Context) error {
	ticker := time.NewTicker(freezeEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := c.step(present())
		if err != nil && !failing && ctx.Err() == nil {
			c.log.Error("checkpoints are not shown as they should be, trying again", "error", err)
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return c.save()
		}
	}
}

// step shows the logs that have grown, if it is time.
func (c *checkpoints) step(now witness.Millis) error {
	var faults []error
	epochs := c.book.Epochs()
	for _, epoch := range epochs {
		if !c.due(epoch, now) {
			continue
		}
		s, err := c.sign(epoch)
		if err == nil {
			err = c.show(epoch, s, nil, now)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("epoch %d: %w", epoch, err))
		}
	}
	c.forget(epochs)
	return errors.Join(append(faults, c.publishChanged(), c.save())...)
}

// due says whether a log has grown, and was not shown for a while.
func (c *checkpoints) due(epoch witness.Epoch, now witness.Millis) bool {
	l := c.book.Log(epoch)
	if l == nil || l.Head().Size == 0 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.shown[epoch]
	return s == nil || s.Mark == nil && s.Note.Checkpoint().Head != l.Head() && now-s.at >= checkpointSlots*c.schedule.Slot
}

// forget drops what was shown of logs that the book has put away. The files stay.
func (c *checkpoints) forget(epochs []witness.Epoch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for epoch := range c.shown {
		if !slices.Contains(epochs, epoch) {
			delete(c.shown, epoch)
		}
	}
}
