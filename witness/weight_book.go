package witness

import (
	"hexspot/radio"
)

// LinkBook collects what an epoch shows of links, stations and pairs of stations: the
// sums that weights follow from. Add every case with its verdict, in any order, Merge
// the books of parts, then Settle. It is not safe for concurrent use.
type LinkBook struct {
	p        *Parameters
	ways     map[Way]*wayDay
	stations map[radio.Station]*stationDay
	twins    map[Twins]TwinSums
	shown    map[Way]int64 // frames
}

// wayDay is a way in one epoch.
type wayDay struct {
	sums  WaySums
	heard windows
}

// windows are those of an epoch, one bit each; beyond 64 they share bits, which
// makes an absence look like a presence.
type windows uint64

func (w *windows) add(number uint64) { *w |= 1 << (number % 64) }

func (w windows) has(number uint64) bool { return w>>(number%64)&1 == 1 }

// stationDay is a station in one epoch.
type stationDay struct {
	site   SiteFacts
	sent   []emission
	awake  windows // in which it reported anything that counts
	noises int64   // observations that tell of noise
	noise  int64   // their sum, 0.01 dBm
	rough  bool    // its chip does not give the level of the signal
}

// emission is one beacon that had to be heard.
type emission struct {
	window uint64
	drop   int64 // below the cap
	limit  int64 // SNR of its rate
}

// NewLinkBook is a book without cases.
func NewLinkBook(p *Parameters) *LinkBook {
	return &LinkBook{p, map[Way]*wayDay{}, map[radio.Station]*stationDay{}, map[Twins]TwinSums{}, map[Way]int64{}}
}

// Add takes a case and its verdict, of the first pass or of both.
func (b *LinkBook) Add(c *Case, v *Verdict) {
	judged := v.Beacon()
	if judged == nil || !tells(b.p.Set.Beacon, judged) {
		return
	}
	beacon := beaconOf(c, judged)
	limit, ok := snrLimit(beacon.SF)
	if !ok {
		return
	}
	drop := int64(b.p.Plans[beacon.Site.Plan]) - int64(eirp(beacon)/centidB)
	sender := b.station(beacon.Station, &beacon.Site)
	sender.sent = append(sender.sent, emission{c.Window, drop, limit})
	sender.awake.add(c.Window)
	var ears []ear
	for i, w := range byArrival(c.Witnesses) {
		if tells(b.p.Set.Witness, &v.Witnesses[i]) {
			ears = b.observe(ears, beacon.Station, w, emission{c.Window, drop, limit})
		}
	}
	b.compare(ears)
}

// tells says that a report was sent and heard, whatever the rules say of the places of
// its stations or of other events: it is evidence of a link.
func tells(rules []Rule, j *Judged) bool {
	for i := range j.Findings {
		if !rules[i].evidence && rules[i].stops(j.Findings[i]) {
			return false
		}
	}
	return len(j.Findings) > 0
}

func beaconOf(c *Case, j *Judged) *BeaconFacts {
	for i := range c.Beacons {
		if c.Beacons[i].ID == j.ID && c.Beacons[i].Station == j.Station {
			return &c.Beacons[i]
		}
	}
	return &c.Beacons[0]
}

// observe books one observation.
func (b *LinkBook) observe(ears []ear, from radio.Station, w *WitnessFacts, e emission) []ear {
	station := b.station(w.Station, &w.Site)
	station.awake.add(e.window)
	way := b.way(Way{from, w.Station})
	way.heard.add(e.window)
	station.rough = station.rough || w.SignalRSSI == nil
	if w.SignalRSSI != nil && w.SNR < noiseKnown {
		station.noises++
		station.noise += int64(*w.SignalRSSI) - int64(w.SNR)
	}
	level, ok := levelHeard(w)
	if !ok || int64(w.SNR)+e.drop < e.limit+b.p.LinkMargin {
		return ears
	}
	way.sums.add(e.drop, level+e.drop)
	return append(ears, ear{w.Station, &w.Site, level})
}

func (b *LinkBook) station(s radio.Station, site *SiteFacts) *stationDay {
	d := b.stations[s]
	if d == nil {
		d = &stationDay{site: *site}
		b.stations[s] = d
	}
	return d
}

func (b *LinkBook) way(w Way) *wayDay {
	d := b.ways[w]
	if d == nil {
		d = &wayDay{}
		b.ways[w] = d
	}
	return d
}

// Merge takes the book of another part of the same epoch.
func (b *LinkBook) Merge(other *LinkBook) {
	for w, o := range other.ways {
		mine := b.way(w)
		mine.sums = mine.sums.plus(o.sums)
		mine.heard |= o.heard
	}
	for s, o := range other.stations {
		mine := b.station(s, &o.site)
		mine.sent = append(mine.sent, o.sent...)
		mine.awake |= o.awake
		mine.rough = mine.rough || o.rough
		mine.noises += o.noises
		mine.noise += o.noise
	}
	for t, o := range other.twins {
		b.twins[t] = b.twins[t].plus(o)
	}
	for w, frames := range other.shown {
		b.Show(w, frames)
	}
}
