package ingest

import "hexspot/witness"

// begin stamps a report. A clock that is set back does not bring a stamp below what was
// promised.
func (i *Ingest) begin(now witness.Millis) witness.Millis {
	i.mu.Lock()
	defer i.mu.Unlock()
	now = max(now, i.floor)
	i.pending[now]++
	return now
}

// end forgets a stamp.
func (i *Ingest) end(stamp witness.Millis) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.pending[stamp]--; i.pending[stamp] == 0 {
		delete(i.pending, stamp)
	}
}

// Promise is the latest time, not after now, below which no report is stamped any more:
// none on its way is older, and none to come will be.
func (i *Ingest) Promise(now witness.Millis) witness.Millis {
	i.mu.Lock()
	defer i.mu.Unlock()
	for stamp := range i.pending {
		now = min(now, stamp)
	}
	i.floor = max(i.floor, now)
	return now
}
