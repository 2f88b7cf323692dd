package network

import (
	"errors"
	"fmt"
	"sync"

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
	away  *logsAway

	mu      sync.Mutex
	shown   map[witness.Epoch]*shownLog
	older   []witness.Epoch // of logs that the book has put away, rising
	changed bool            // since the last publication
}

// shownLog is the last checkpoint of a log that was shown, with the signatures of stations.
type shownLog struct {
	log.Shown
	at      witness.Millis // signed
	unsaved bool           // signatures of stations came since it was written
	closed  bool           // the journal has it with the signatures of stations; no more are taken
}

// errRewritten says that a log is not what was shown of it. Nothing is signed then: that
// would be a forked log.
var errRewritten = errors.New("the log does not begin with the checkpoint that was shown of it: restore its file")

// errNoLog says that the book has no log of an epoch: after a failed write not before the next
// record comes.
var errNoLog = errors.New("the log is not open")

// sign signs a log as it is, with the proof that it begins with what was shown; the
// signatures of stations stay where it has not grown.
func (c *checkpoints) sign(epoch witness.Epoch) (log.Shown, error) {
	l := c.book.Log(epoch)
	if l == nil {
		return log.Shown{}, errNoLog
	}
	was, known := c.last(epoch)
	return c.signLog(l, was, known)
}

// signLog is sign where what was shown of the log is known.
func (c *checkpoints) signLog(l *log.Log, was log.Shown, known bool) (log.Shown, error) {
	is := l.Checkpoint()
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
	c.shown[epoch], c.changed = &shownLog{Shown: s, at: now, closed: was != nil && was.closed}, true
	return nil
}
