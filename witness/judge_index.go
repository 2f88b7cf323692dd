package witness

import (
	"bytes"
	"cmp"
	"slices"

	"hexspot/radio"
)

// BeaconIndex holds the beacon reports of an epoch by station: what the rules about
// a second beacon need to know. Build it from all cases, then Relate each.
type BeaconIndex struct{ reports map[radio.Station][]arrival }

type arrival struct {
	window  uint64
	receive int64
	id      [32]byte
}

// NewBeaconIndex indexes the beacon reports of cases.
func NewBeaconIndex(cases []Case) *BeaconIndex {
	x := &BeaconIndex{reports: map[radio.Station][]arrival{}}
	for i := range cases {
		for _, b := range cases[i].Beacons {
			x.reports[b.Station] = append(x.reports[b.Station], arrival{cases[i].Window, b.Receive, b.ID})
		}
	}
	for s, list := range x.reports {
		slices.SortFunc(list, compareArrivals)
		x.reports[s] = slices.CompactFunc(list, func(a, b arrival) bool { return a.id == b.id })
	}
	return x
}

func compareArrivals(a, b arrival) int {
	return cmp.Or(cmp.Compare(a.receive, b.receive), bytes.Compare(a.id[:], b.id[:]))
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

func (x *BeaconIndex) before(b *BeaconFacts) int64 {
	before := int64(-1)
	for _, a := range x.reports[b.Station] {
		if compareArrivals(a, arrival{receive: b.Receive, id: b.ID}) < 0 {
			before = a.receive
		}
	}
	return before
}
