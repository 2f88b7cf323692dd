package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hexspot/gateway/broker"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// publishChanged shows stations the checkpoints, if there is a new one.
func (c *checkpoints) publishChanged() error {
	c.mu.Lock()
	list, changed := c.list(), c.changed
	c.changed = false
	c.mu.Unlock()
	if !changed {
		return nil
	}
	for i := range list {
		bare, err := list[i].Note.Bare() // those who signed it need not be told to all others
		if err != nil {
			return err
		}
		list[i].Note = bare
	}
	err := c.publish(checkpointTopic, log.EncodeShown(list), true)
	if err != nil {
		c.mu.Lock()
		c.changed = true
		c.mu.Unlock()
	}
	return err
}

// list is what stations are shown: the logs that grow and the last ones that do not, by
// epoch.
func (c *checkpoints) list() (list []log.Shown) {
	final := 0
	epochs := slices.Sorted(maps.Keys(c.shown))
	for _, epoch := range slices.Backward(epochs) {
		s := c.shown[epoch]
		if s.Mark != nil {
			if final++; final > mostFinal {
				continue
			}
		}
		if len(list) < log.MaxShown {
			list = append(list, s.Shown)
		}
	}
	slices.Reverse(list)
	return list
}

// save writes the notes that stations have signed since they were written. A power cut
// loses those signatures, and no more: stations sign again what is shown to them again.
func (c *checkpoints) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var faults []error
	for epoch, s := range c.shown {
		if !s.unsaved {
			continue
		}
		err := c.files.Replace(noteName(epoch), []byte(s.Note.String()))
		s.unsaved = err != nil
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// cosign takes a station's signature of what is shown. Only stations with a site have a
// place among the few that a note has room for: keys cost nothing. What is of no use is
// nobody's fault: the log may have grown meanwhile.
func (c *checkpoints) cosign(ctx context.Context, m broker.Message) error {
	if isCrowded(m.Payload) || c.full(m.Payload) {
		return nil
	}
	n, err := log.ParseNote(m.Payload)
	if err != nil || !slices.Equal(n.Cosigners(), []radio.Station{m.Station}) {
		c.log.Debug("a co-signature is of no use", "station", m.Station, "error", err)
		return nil
	}
	epoch := n.Checkpoint().Epoch
	known, err := c.sites.Known(ctx, m.Station, epoch)
	if err != nil {
		return fmt.Errorf("looking for the site of a co-signer: %w", err)
	}
	if known {
		c.join(epoch, n)
	}
	return nil
}

// isCrowded says, before anything is verified, that a note has more signatures than the
// network's and one station's: all of them would be verified for nothing, and keys to sign
// with cost nothing.
func isCrowded(note []byte) bool { return bytes.Count(note, []byte("\n\u2014 ")) > 2 }

// full says, before anything is verified, that there is no room for what a station sends: of
// many stations that sign at once, most come too late.
func (c *checkpoints) full(note []byte) bool {
	origin, _, _ := strings.Cut(string(note[:min(len(note), 256)]), "\n")
	name, err := log.ParseName(origin)
	if err != nil {
		return true
	}
	s, ok := c.last(name.Epoch)
	return !ok || len(s.Note.Cosigners()) >= log.MaxCosigners
}

func (c *checkpoints) join(epoch witness.Epoch, n log.Note) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.shown[epoch]
	if s == nil || s.closed {
		return
	}
	joined, err := s.Note.Join(n)
	if err != nil || len(joined.Cosigners()) == len(s.Note.Cosigners()) {
		return
	}
	s.Note, s.unsaved = joined, true
}
