package network

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

// newCheckpoints goes on with what was shown before the start. From is the first epoch that the book has
// the log of.
func newCheckpoints(p provingParts, book *log.Book, files *logs, sites ingest.Registry, from witness.Epoch) (*checkpoints, error) {
	c := &checkpoints{provingParts: p, book: book, files: files, sites: sites, shown: make(map[witness.Epoch]*shownLog)}
	c.away = newLogsAway(c.openAway)
	if err := c.checkMissing(from); err != nil {
		return nil, err
	}
	older, err := log.Sealed(readingLogs{files.Dir})
	if err != nil {
		return nil, err
	}
	c.older = slices.DeleteFunc(older, func(e witness.Epoch) bool { return book.Log(e) != nil })
	for _, epoch := range book.Epochs() {
		if err := c.restore(epoch); err != nil {
			return nil, fmt.Errorf("the checkpoint of epoch %d: %w", epoch, err)
		}
	}
	return c, nil
}

// checkMissing is errRewritten if something was shown of a log from an epoch on whose file is gone: a new one would
// be another log.
func (c *checkpoints) checkMissing(from witness.Epoch) error {
	names, err := c.files.Names()
	if err != nil {
		return fmt.Errorf("listing checkpoints: %w", err)
	}
	for _, name := range names {
		epoch, ok := noteEpoch(name)
		if !ok || epoch < from || c.book.Log(epoch) != nil {
			continue
		}
		note, _, err := c.readNoteAt(name)
		if err != nil {
			return fmt.Errorf("the checkpoint of epoch %d: %w", epoch, err)
		}
		if size := note.Checkpoint().Size; size > 0 {
			return fmt.Errorf("the checkpoint of epoch %d: %w, %d.log, which had %d records, is missing", epoch, errRewritten, epoch, size)
		}
	}
	return nil
}

// noteEpoch is the epoch whose note has a name.
func noteEpoch(name string) (witness.Epoch, bool) {
	text, _, _ := strings.Cut(name, ".")
	n, err := strconv.ParseUint(text, 10, 64)
	epoch := witness.Epoch(n)
	return epoch, err == nil && (name == noteName(epoch) || name == finalName(epoch))
}

// A note is in its final place when it takes no more signatures of stations.
func noteName(epoch witness.Epoch) string  { return fmt.Sprint(epoch, ".note") }
func finalName(epoch witness.Epoch) string { return fmt.Sprint(epoch, ".final") }

// maxNote bounds a note's file: a text and 65 signatures.
const maxNote = 16 << 10

func (c *checkpoints) restore(epoch witness.Epoch) error {
	note, known, err := c.readNote(epoch)
	if err != nil {
		return err
	}
	if known {
		_, final, err := c.readNoteAt(finalName(epoch))
		if err != nil {
			return err
		}
		c.shown[epoch] = &shownLog{Shown: log.Shown{Note: note}, closed: final}
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

// readNote gives the note of a log that was written last, false if there is none.
func (c *checkpoints) readNote(epoch witness.Epoch) (log.Note, bool, error) {
	note, known, err := c.readNoteAt(finalName(epoch))
	if !known && err == nil {
		note, known, err = c.readNoteAt(noteName(epoch))
	}
	return note, known, err
}

func (c *checkpoints) readNoteAt(name string) (log.Note, bool, error) {
	b, err := c.files.Read(name, maxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return log.Note{}, false, nil
	}
	if err != nil {
		return log.Note{}, false, err
	}
	note, err := log.ParseNote(b)
	return note, err == nil, err
}

// mark is the last high-water mark of a log that grows no more, the same each time.
func (c *checkpoints) mark(epoch witness.Epoch) (radio.Signed, error) {
	body, err := c.book.Promise(epoch, c.schedule.Freezes(epoch))
	if err != nil {
		return radio.Signed{}, err
	}
	return c.signMark(body)
}

func (c *checkpoints) signMark(body witness.HighWater) (radio.Signed, error) {
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
