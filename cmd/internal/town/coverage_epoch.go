package town

import (
	"slices"
	"time"

	"hexspot/witness"
)

// epoch is the account of an epoch.
func (r *Covering) epoch(e witness.Epoch) *Epoch {
	if r.epochs[e] == nil {
		from, to := r.config.Timing.Slots(e)
		t := r.config.Timing
		r.epochs[e] = &Epoch{
			Number: uint64(e), Begins: t.Start(from).Time(), Ends: t.Start(to).Time(), Freezes: t.Freezes(e).Time(),
		}
	}
	return r.epochs[e]
}

// Verified notes that an epoch was frozen and verified: how many of the hotspots' beacons
// and witnesses held, how many of those were drawn, and the root of its files.
func (r *Covering) Verified(e witness.Epoch, beacons, valid, witnesses, counted int, root string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	row := r.epoch(e)
	row.State, row.Word = OK, "Verified"
	row.Beacons, row.Valid, row.Witnesses, row.Counted, row.Root = beacons, valid, witnesses, counted, root
}

// epochRows are the newest epochs. What is not verified yet is open, or closing while
// late reports may still be in time.
func (r *Covering) epochRows(now witness.Millis) []Epoch {
	t := r.config.Timing
	current := t.Epoch(t.SlotAt(now))
	if r.first == 0 {
		r.first = current
	}
	rows := []Epoch{}
	for e := max(r.first, current-min(current, epochsShown-1)); e <= current; e++ {
		row := *r.epoch(e)
		if row.Word == "" {
			row.State, row.Word = Off, openWord(t, e, now)
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}

func openWord(t witness.Timing, e witness.Epoch, now witness.Millis) string {
	_, to := t.Slots(e)
	switch {
	case now < t.Start(to):
		return "Open"
	case now < t.Freezes(e):
		return "Closing"
	}
	return "Frozen"
}

// clock is the network's time.
func (r *Covering) clock(now witness.Millis) Clock {
	t := r.config.Timing
	k := t.SlotAt(now)
	e := t.Epoch(k)
	from, to := t.Slots(e)
	sites, _ := t.Slots(r.config.Sites)
	c := Clock{
		Slot: uint64(k), SlotLength: int64(t.Slot), Window: t.Window(k), InWindow: uint64(k - t.WindowStart(k)), WindowSlots: uint64(t.WindowSlots),
		Epoch: uint64(e), Begins: t.Start(from).Time(), Ends: t.Start(to).Time(), Freezes: t.Freezes(e).Time(), Report: int64(t.Report),
		Sites: uint64(r.config.Sites), SitesFrom: t.Start(sites).Time(),
	}
	if r.value != nil {
		value := *r.value
		value.At = value.At.Truncate(time.Millisecond)
		c.Value = &value
	}
	return c
}
