package town

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// CoverageFacts are what a snapshot is made of, besides the record.
type CoverageFacts struct {
	Now      time.Time
	Ended    bool // the town has
	Hotspots map[radio.Station]CoveringHotspot
	Refusals map[witness.RefusalReason]int64 // by the network
}

// CoveringHotspot is what a hotspot says of itself.
type CoveringHotspot struct {
	Waits    string // why no beacon can be sent; empty: nothing
	Skipped  map[string]uint64
	Dropped  map[string]uint64
	Receipts uint64
}

// Snapshot puts facts and record together.
func (r *Covering) Snapshot(f CoverageFacts) *Coverage {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := witness.MillisOf(f.Now)
	c := &Coverage{
		Network: r.config.Network.String(), Rules: r.set.Name, Clock: r.clock(now), Counts: r.counts,
		Places: r.placeRows(f.Hotspots), Beacons: r.beaconRows(), Epochs: r.epochRows(now),
		Faults: []Reason{}, Refusals: refusals(f.Refusals),
	}
	dropped, skipped := map[string]uint64{}, map[string]uint64{}
	for _, h := range f.Hotspots {
		c.Counts.Receipts += h.Receipts
		addAll(dropped, h.Dropped)
		addAll(skipped, h.Skipped)
	}
	c.Attacks, c.Skips = r.attackRows(dropped), skips(skipped)
	for _, s := range c.Skips {
		c.Counts.Skipped += s.Count
	}
	for code, n := range r.faults {
		c.Faults = append(c.Faults, faultReason(code, n))
	}
	slices.SortFunc(c.Faults, mostFirst)
	c.Verdict = c.judge(f, now >= witness.MillisOf(c.Clock.SitesFrom))
	return c
}

func addAll(to, from map[string]uint64) {
	for name, n := range from {
		to[name] += n
	}
}

func mostFirst(a, b Reason) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Code, b.Code)) }

// skips are the reasons for which due beacons were not sent.
func skips(counts map[string]uint64) []Reason {
	list := []Reason{}
	for code, n := range counts {
		list = append(list, Reason{code, cmp.Or(skipWords[code], code), int(n)})
	}
	slices.SortFunc(list, mostFirst)
	return list
}

func refusals(counts map[witness.RefusalReason]int64) []Reason {
	list := []Reason{}
	for code, n := range counts {
		list = append(list, Reason{string(code), cmp.Or(refusalWords[code], string(code)), int(n)})
	}
	slices.SortFunc(list, mostFirst)
	return list
}

// placeRows are the places, those that cannot send first, then by name.
func (r *Covering) placeRows(hotspots map[radio.Station]CoveringHotspot) []Place {
	rows := []Place{}
	for station, p := range r.places {
		row := p.Place
		h := hotspots[station]
		row.Waits, row.Skipped = h.Waits, skips(h.Skipped)
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b Place) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

func order(p Place) int {
	switch {
	case p.Foe:
		return 2
	case p.Waits != "":
		return 0
	}
	return 1
}

// beaconRows are the newest beacons with their links, the strongest first.
func (r *Covering) beaconRows() []Beacon {
	recent := r.beacons[max(0, len(r.beacons)-beaconsShown):]
	rows := make([]Beacon, 0, len(recent))
	for _, b := range slices.Backward(recent) {
		row := b.Beacon
		row.Links = []Link{}
		for _, l := range b.links {
			row.Links = append(row.Links, *l)
		}
		slices.SortFunc(row.Links, func(x, y Link) int { return cmp.Or(cmp.Compare(y.RSSI, x.RSSI), cmp.Compare(x.Hotspot, y.Hotspot)) })
		if row.Rules == nil {
			row.Rules = []Figure{}
		}
		rows = append(rows, row)
	}
	return rows
}

// judge looks for trouble first.
func (c *Coverage) judge(f CoverageFacts, counting bool) Verdict {
	waiting := 0
	for _, p := range c.Places {
		if p.Waits != "" {
			waiting++
		}
	}
	for _, a := range c.Attacks {
		if a.State == Bad {
			return Verdict{Bad, "An attack went through", fmt.Sprintf("%s: look below at what became of it.", a.Title)}
		}
	}
	k := c.Counts
	switch {
	case k.Emitted == 0:
		return Verdict{Off, "Waiting", "No beacon has been sent yet: hotspots boot, then each waits for the slot that is drawn for it."}
	case !counting:
		return Verdict{Off, "Too early", fmt.Sprintf("The sites were entered in this epoch and count from %s UTC on. Beacons before are sent, heard and judged, and are not valid.",
			c.Clock.SitesFrom.UTC().Format("15:04:05"))}
	case waiting > 0 && !f.Ended:
		return Verdict{Warn, "Not everywhere", fmt.Sprintf("%s cannot send beacons now; the reason is with its name.", plural(waiting, "hotspot"))}
	case k.Held == 0:
		return Verdict{Off, "First cases open", fmt.Sprintf("%s sent, none judged yet: a case closes %d s after its slot.", plural(k.Emitted, "beacon"), c.Clock.Report/1000)}
	}
	return Verdict{OK, "Works", fmt.Sprintf("%s of %s judged so far hold, and %s of %s on them. Every attack so far got its reason.",
		number(k.Held), plural(k.Closed, "beacon"), number(k.Valid), plural(k.Witnesses, "witness report"))}
}
