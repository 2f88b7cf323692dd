package witness

import (
	"hexspot/radio"
)

// LinkBook collects what an epoch shows of links, stations and pairs of stations: the
// sums that weights follow from. Add every case with its verdict, in any order, Merge
// the books of parts, then Settle. It is not safe for concurrent use.
//
// In memory it has some hundred bytes a station; what it knows of pairs of stations is on
// shelves, which may be on disk.
type LinkBook struct {
	p        *Parameters
	shelves  Shelves
	stations *radio.Stations
	days     []*stationDay // by number; nil or none: no part in the epoch
	pairs    Shelf         // what is said of two stations, by both
	item     item
	fault    error // the first one of a shelf
}

// windows are those of an epoch, one bit each; beyond 64 they share bits, which
// makes an absence look like a presence.
type windows uint64

// sharedWindows is how many windows have a bit of their own.
const sharedWindows = 64

func (w *windows) add(number uint64) { *w |= 1 << (number % sharedWindows) }

func (w windows) has(number uint64) bool { return w>>(number%sharedWindows)&1 == 1 }

// stationDay is a station in one epoch.
type stationDay struct {
	number uint32
	site   SiteFacts
	sent   []emission
	awake  windows // in which it reported anything that counts
	noises int64   // observations that tell of noise
	noise  int64   // their sum, 0.01 dBm
	rough  bool    // its chip does not give the level of the signal
}

// emission is one beacon that had to be heard.
type emission struct {
	drop   int32 // below the cap, 0.01 dB
	limit  int16 // SNR of its rate
	window uint8 // of those that have a bit
}

func emissionIn(window uint64, drop, limit int64) emission {
	return emission{int32(drop), int16(limit), uint8(window % sharedWindows)}
}

// NewLinkBook is a book without cases, in memory.
func NewLinkBook(p *Parameters) *LinkBook { return NewLargeLinkBook(p, &radio.Stations{}, inMemory) }

// NewLargeLinkBook is a book without cases over shelves. It numbers stations as others do.
func NewLargeLinkBook(p *Parameters, stations *radio.Stations, shelves Shelves) *LinkBook {
	return &LinkBook{p: p, shelves: shelves, stations: stations, pairs: shelves()}
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
	e := emissionIn(c.Window, int64(b.p.Plans[beacon.Site.Plan])-int64(eirp(beacon)/centidB), limit)
	sender := b.station(beacon.Station, &beacon.Site)
	sender.sent = append(sender.sent, e)
	sender.awake.add(c.Window)
	var ears []ear
	for i, w := range byArrival(c.Witnesses) {
		if tells(b.p.Set.Witness, &v.Witnesses[i]) {
			ears = b.observe(ears, sender, w, e)
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
func (b *LinkBook) observe(ears []ear, from *stationDay, w *WitnessFacts, e emission) []ear {
	station := b.station(w.Station, &w.Site)
	station.awake.add(uint64(e.window))
	station.rough = station.rough || w.SignalRSSI == nil
	if w.SignalRSSI != nil && w.SNR < noiseKnown {
		station.noises++
		station.noise += int64(*w.SignalRSSI) - int64(w.SNR)
	}
	level, ok := levelHeard(w)
	if !ok || int64(w.SNR)+int64(e.drop) < int64(e.limit)+b.p.LinkMargin {
		b.say(saidHeard, from.number, station.number, int64(e.window))
		return ears
	}
	b.say(saidHeard, from.number, station.number, int64(e.window), int64(e.drop), level+int64(e.drop))
	return append(ears, ear{station, &w.Site, level})
}

// number is the number of a station.
func (b *LinkBook) number(s radio.Station) uint32 { return b.stations.Number(s) }

func (b *LinkBook) station(s radio.Station, site *SiteFacts) *stationDay {
	n := b.number(s)
	if day := b.day(n); day != nil {
		return day
	}
	if missing := int(n) + 1 - len(b.days); missing > 0 {
		b.days = append(b.days, make([]*stationDay, missing)...)
	}
	b.days[n] = &stationDay{number: n, site: *site}
	return b.days[n]
}

// day is a station's part in the epoch, nil if it has none.
func (b *LinkBook) day(number uint32) *stationDay {
	if int(number) >= len(b.days) {
		return nil
	}
	return b.days[number]
}

// Merge takes the book of another part of the same epoch.
func (b *LinkBook) Merge(other *LinkBook) {
	for _, o := range other.days {
		if o == nil {
			continue
		}
		mine := b.station(other.stations.At(o.number), &o.site)
		mine.sent = append(mine.sent, o.sent...)
		mine.awake |= o.awake
		mine.rough = mine.rough || o.rough
		mine.noises += o.noises
		mine.noise += o.noise
	}
	for drawer := range Drawers {
		b.failed(eachItem(other.pairs, drawer, func(f *itemFields) error {
			s := f.said()
			var numbers []int64
			for len(f.rest) > 0 {
				numbers = append(numbers, f.next())
			}
			b.say(s.what, b.number(other.stations.At(s.from)), b.number(other.stations.At(s.to)), numbers...)
			return nil
		}))
	}
	b.failed(other.fault)
}

func (b *LinkBook) failed(err error) {
	if b.fault == nil {
		b.fault = err
	}
}
