package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hexspot/witness"
)

// run shows checkpoints until ctx ends. What fails is logged and tried again.
func (c *checkpoints) run(ctx context.Context) error {
	ticker := time.NewTicker(freezeEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := c.step(ctx, present())
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
func (c *checkpoints) step(ctx context.Context, now witness.Millis) error {
	var faults []error
	for _, epoch := range c.book.Epochs() {
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
	faults = append(faults, c.publishChanged(), c.save(), c.conclude(ctx, now))
	c.forget()
	return errors.Join(faults...)
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

// forget drops what was shown of logs that grow no more and that the book has put away. The
// files stay, and serve from then on. A note without a mark is of a log that comes back: after
// a failed write the book has none of it for a while.
func (c *checkpoints) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for epoch, s := range c.shown {
		if s.Mark == nil || c.book.Log(epoch) != nil {
			continue
		}
		delete(c.shown, epoch)
		if at, there := slices.BinarySearch(c.older, epoch); !there {
			c.older = slices.Insert(c.older, at, epoch)
		}
	}
}
