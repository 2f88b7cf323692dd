package witness

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"hexspot/radio"
)

// BeaconIndex holds the beacon reports of an epoch by station: what the rules about
// a second beacon need to know. Add all reports, then Relate each case. Adding is
// not safe for concurrent use, relating is. What a report is related to is of its own station:
// an epoch that does not fit into memory has an index for some of its stations at a time.
type BeaconIndex struct {
	reports map[radio.Station]*stationReports
}

// stationReports are one station's: as they were added, and once they are asked for by
// arrival, each record once. A hostile station may have many, so that no question goes
// through all of them.
type stationReports struct {
	all     []arrival
	windows []uint64 // of the reports, rising
	once    sync.Once
}

type arrival struct {
	window  uint64
	receive int64
	id      [32]byte
	known   bool // the registry knows its station
}

func (a arrival) compare(b arrival) int {
	return cmp.Or(cmp.Compare(a.receive, b.receive), bytes.Compare(a.id[:], b.id[:]))
}

// NewBeaconIndex is an index without reports.
func NewBeaconIndex() *BeaconIndex { return &BeaconIndex{map[radio.Station]*stationReports{}} }

// Add takes the beacon reports of a case. A record that comes again counts once,
// with its least time of arrival. What came after its epoch was frozen is no report of this one.
func (x *BeaconIndex) Add(c *Case) {
	if c.Late {
		return
	}
	for i := range c.Beacons {
		b := &c.Beacons[i]
		s := x.reports[b.Station]
		if s == nil {
			s = &stationReports{}
			x.reports[b.Station] = s
		}
		s.all = append(s.all, arrival{c.Window, b.Receive, b.ID, b.Site.Known})
	}
}

// Relate is the case, which was added, with what the index says of its beacon reports, and
// the state that the epoch began with of those before. A report of an earlier epoch that came
// later than one of this epoch is not before it.
func (x *BeaconIndex) Relate(c Case, before func(radio.Station) Events) Case {
	if c.Late {
		return c
	}
	c.Beacons = slices.Clone(c.Beacons)
	for i := range c.Beacons {
		b := &c.Beacons[i]
		s := x.reports[b.Station]
		s.once.Do(s.order)
		b.OthersInWindow, b.Before = max(0, s.in(c.Window)-1), s.before(arrival{receive: b.Receive, id: b.ID})
		if last := before(b.Station).Reported; last > 0 && last <= b.Receive {
			b.Before = max(b.Before, last)
		}
	}
	return c
}

// Carry notes in the state after the epoch when the last beacon report of each station came,
// if rules of the set ask. Stations that the registry does not know leave nothing: a key costs
// nothing.
func (x *BeaconIndex) Carry(set *Set, after State) {
	x.Last(set, func(station radio.Station, receive int64) {
		e := after[station]
		e.Reported = max(e.Reported, receive)
		after[station] = e
	})
}

// Last calls note with when the last beacon report of each station came that Carry notes.
func (x *BeaconIndex) Last(set *Set, note func(station radio.Station, receive int64)) {
	if !set.interval {
		return
	}
	for station, s := range x.reports {
		s.once.Do(s.order)
		if last := s.all[len(s.all)-1]; last.known {
			note(station, last.receive)
		}
	}
}

// order sorts by arrival and leaves the first of each record.
func (s *stationReports) order() {
	slices.SortFunc(s.all, func(a, b arrival) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.receive, b.receive))
	})
	s.all = slices.CompactFunc(s.all, func(a, b arrival) bool { return a.id == b.id })
	slices.SortFunc(s.all, arrival.compare)
	s.windows = make([]uint64, len(s.all))
	for i, a := range s.all {
		s.windows[i] = a.window
	}
	slices.Sort(s.windows)
}

// in counts the reports of a window.
func (s *stationReports) in(window uint64) int {
	from, _ := slices.BinarySearch(s.windows, window)
	to, _ := slices.BinarySearch(s.windows, window+1)
	return to - from
}

// before is when the latest report before that one came, by (receive_ms, id),
// negative: none.
func (s *stationReports) before(b arrival) int64 {
	at, _ := slices.BinarySearchFunc(s.all, b, arrival.compare)
	if at == 0 {
		return -1
	}
	return s.all[at-1].receive
}
