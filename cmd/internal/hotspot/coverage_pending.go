package hotspot

import (
	"bytes"
	"context"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// pending keeps on disk what was heard and is in no report yet, so that the death of the
// process costs a minute of it and not all that hold_ms lets a batch wait. It writes no more
// than once a minute, a few kilobytes, and nothing while nothing is heard: most hotspots
// have a card that wears.
type pending struct {
	notes   notes // nil: nothing is kept
	name    string
	written []byte    // what is on disk
	at      time.Time // when that was
	failed  bool      // the disk took nothing, which was told
}

const pendingPause = time.Minute

func newPending(p *CoverageParts) pending {
	return pending{notes: p.Notes, name: "heard for " + p.Network.String()}
}

// keep writes the observations down if they are others and it is time, or at the end.
func (p *pending) keep(ctx context.Context, list []witness.Observation, end bool) error {
	if p.notes == nil || !end && time.Since(p.at) < pendingPause {
		return nil
	}
	text := witness.AppendObservations(nil, list)
	if bytes.Equal(text, p.written) {
		return nil
	}
	p.at = time.Now() // also if it fails
	if err := p.notes.SetNote(ctx, p.name, text); err != nil {
		return err
	}
	p.written = text
	return nil
}

// read gives what is on disk.
func (p *pending) read(ctx context.Context) ([]witness.Observation, error) {
	if p.notes == nil {
		return nil, nil
	}
	text, _, err := p.notes.Note(ctx, p.name)
	if err != nil {
		return nil, err
	}
	p.written = text
	return witness.ParseObservations(text)
}

// keepPending writes down what is in no report yet. While what is on disk is not known that
// stays.
func (c *Coverage) keepPending(ctx context.Context, end bool) {
	if !c.restored {
		return
	}
	err := c.pending.keep(ctx, c.collector.Pending(), end)
	if err != nil && !c.pending.failed {
		c.parts.Log.Warn("what was heard and not yet reported cannot be kept on disk, will try again", "error", err)
	}
	c.pending.failed = err != nil
}

// restorePending takes what was heard before the start, but for what has left in a report
// since it was written down.
func (c *Coverage) restorePending(ctx context.Context) {
	list, err := c.pending.read(ctx)
	if err == nil && len(list) > 0 {
		var recent [][]byte
		recent, err = c.parts.Reports.Recent(ctx, mostRecent)
		left := tagsIn(recent)
		list = slices.DeleteFunc(list, func(o witness.Observation) bool { return left[o.Frame] })
	}
	if err != nil {
		c.parts.Log.Warn("what was heard before the start and not yet reported is lost", "error", err)
		return
	}
	c.collector.RestorePending(list)
}

// tagsIn are the frames that records report.
func tagsIn(records [][]byte) map[witness.Frame]bool {
	left := map[witness.Frame]bool{}
	for _, body := range records {
		s, err := radio.ParseSigned(body)
		if err != nil || s.Kind != radio.KindWitness {
			continue
		}
		b, err := witness.ParseBatch(s.Body)
		if err != nil {
			continue
		}
		for _, o := range b.Observations {
			left[o.Frame] = true
		}
	}
	return left
}
