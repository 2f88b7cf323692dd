package witness

import (
	"bytes"
	"cmp"
	"slices"

	"hexspot/radio"
)

// BeaconIndex holds the beacon reports of an epoch by station: what the rules about
// a second beacon need to know. Add all reports, then Relate each case. Adding is
// not safe for concurrent use, relating is.
type BeaconIndex struct{ reports map[radio.Station][]arrival }

type arrival struct {
	window  uint64
	receive int64
	id      [32]byte
}

// NewBeaconIndex is an index without reports.
func NewBeaconIndex() *BeaconIndex { return &BeaconIndex{map[radio.Station][]arrival{}} }

// Add takes the beacon reports of a case. A record that comes again counts once,
// with its least time of arrival.
func (x *BeaconIndex) Add(c *Case) {
	for i := range c.Beacons {
		b := &c.Beacons[i]
		list := x.reports[b.Station]
		at := slices.IndexFunc(list, func(a arrival) bool { return a.id == b.ID })
		if at < 0 {
			x.reports[b.Station] = append(list, arrival{c.Window, b.Receive, b.ID})
			continue
		}
		list[at].receive = min(list[at].receive, b.Receive)
	}
}

// Relate is the case with what the index says of its beacon reports. lastBefore is
// when a station's last beacon report of earlier epochs was received, negative
// if there was none; nil: none is known.
func (x *BeaconIndex) Relate(c Case, lastBefore func(radio.Station) int64) Case {
	c.Beacons = slices.Clone(c.Beacons)
	for i := range c.Beacons {
		b := &c.Beacons[i]
		b.OthersInWindow, b.Before = x.others(c.Window, b), x.before(b)
		if b.Before < 0 && lastBefore != nil {
			b.Before = lastBefore(b.Station)
		}
	}
	return c
}

func (x *BeaconIndex) others(window uint64, b *BeaconFacts) int {
	n := 0
	for _, a := range x.reports[b.Station] {
		if a.window == window && a.id != b.ID {
			n++
		}
	}
	return n
}

// before is when the station's latest report before this one came, by
// (receive_ms, id), negative: none.
func (x *BeaconIndex) before(b *BeaconFacts) int64 {
	last := int64(-1)
	for _, a := range x.reports[b.Station] {
		if cmp.Or(cmp.Compare(a.receive, b.Receive), bytes.Compare(a.id[:], b.ID[:])) < 0 {
			last = max(last, a.receive)
		}
	}
	return last
}
