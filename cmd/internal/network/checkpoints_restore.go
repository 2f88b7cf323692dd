package network

import (
	"errors"
	"fmt"
	"io/fs"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

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
