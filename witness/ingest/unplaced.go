package ingest

import (
	"hexspot/radio"
	"hexspot/witness"
)

// unplaced are reports that are in the journal, by their stamps, and that the log could not
// take. They come again, and are not to be journaled a second time.
type unplaced map[radio.RecordID]witness.Millis

// mostUnplaced bounds them; one more is journaled again when it comes again.
const mostUnplaced = 1 << 14

// reopen gives the stamp of a report that is unplaced, which is on its way from then on: end
// is to be called. A stamp below what was promised meanwhile is of no use any more.
func (i *Ingest) reopen(id radio.RecordID) (stamp witness.Millis, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	stamp, ok = i.unplaced[id]
	if !ok {
		return 0, false
	}
	if stamp < i.floor {
		delete(i.unplaced, id)
		return 0, false
	}
	i.pending[stamp]++
	return stamp, true
}

// settle notes whether a report that is in the journal was placed.
func (i *Ingest) settle(r Report, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case err == nil:
		i.counts.Taken++
		delete(i.unplaced, r.ID)
	case len(i.unplaced) < mostUnplaced:
		i.unplaced[r.ID] = r.Received
	}
}
