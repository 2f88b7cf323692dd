package network

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hexspot/witness"
	"hexspot/witness/log"
)

// conclude journals the final checkpoints that stations have signed, once stations are not shown
// them any more or no more signatures have room: what was journaled at the freeze had
// none. From then on a note is in its final place and takes no more.
func (c *checkpoints) conclude(ctx context.Context, now witness.Millis) error {
	var faults []error
	for epoch, note := range c.concluding() {
		id := fmt.Sprintf("checkpoint-%d-cosigned", epoch)
		err := c.keep(ctx, "checkpoint", 0, id, now, []byte(note.String()))
		if err == nil {
			err = c.files.Replace(finalName(epoch), []byte(note.String()))
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("concluding the checkpoint of epoch %d: %w", epoch, err))
			c.reopen(epoch)
		}
	}
	return errors.Join(faults...)
}

// concluding closes the notes that are to be concluded.
func (c *checkpoints) concluding() map[witness.Epoch]log.Note {
	c.mu.Lock()
	defer c.mu.Unlock()
	notes := map[witness.Epoch]log.Note{}
	final := 0
	for _, epoch := range slices.Backward(slices.Sorted(maps.Keys(c.shown))) {
		s := c.shown[epoch]
		if s.Mark == nil {
			continue
		}
		final++
		signed := len(s.Note.Cosigners())
		if !s.closed && signed > 0 && (final > mostFinal || signed == log.MaxCosigners) {
			s.closed = true
			notes[epoch] = s.Note
		}
	}
	return notes
}

// reopen has a note concluded again later.
func (c *checkpoints) reopen(epoch witness.Epoch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.shown[epoch]; s != nil {
		s.closed = false
	}
}
