package verify

import (
	"bytes"
	"cmp"
	"slices"

	"hexspot/radio"
)

// MaxCopies is how many reports of one station on one tag get a verdict, of each kind
// (protocol hexspot/1, "Verdicts"): one is to be had, more are duplicates. They are those
// of the least names, so that it does not matter which of them are read first.
const MaxCopies = 8

// firstLook is how many reports of a kind a group has when it is looked at for copies.
const firstLook = 64

// gathered is a group while it is read, each report once and no more copies than count.
type gathered struct {
	group
	read     int // reports of both kinds
	excess   bool
	beaconed int // reports of the kind at which it is looked at again; 0: firstLook
	listened int
}

func (g *gathered) addBeacon(b beaconReport) {
	g.read++
	if g.beacons = append(g.beacons, b); len(g.beacons) >= max(g.beaconed, firstLook) {
		g.lessBeacons()
		g.beaconed = 2 * len(g.beacons)
	}
}

func (g *gathered) addHeard(h heardReport) {
	g.read++
	if g.heard = append(g.heard, h); len(g.heard) >= max(g.listened, firstLook) {
		g.lessHeard()
		g.listened = 2 * len(g.heard)
	}
}

// settle leaves each report once, in an order that nothing depends on but that is the same
// each time. What was left out is counted.
func (g *gathered) settle(drops Drops) {
	g.lessBeacons()
	g.lessHeard()
	left := g.read - len(g.beacons) - len(g.heard)
	switch {
	case left > 0 && g.excess: // which of them came again depends on the order
		drops[DropCopies] += int64(left)
	case left > 0:
		drops[DropAgain] += int64(left)
	}
}

func (g *gathered) lessBeacons() {
	slices.SortFunc(g.beacons, func(a, b beaconReport) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.receive, b.receive))
	})
	// The first of a report in this order is the one with the least time, which counts.
	g.beacons = slices.CompactFunc(g.beacons, func(a, b beaconReport) bool { return a.id == b.id })
	g.beacons = fewCopies(g.beacons, func(b *beaconReport) radio.Station { return b.station }, &g.excess)
}

func (g *gathered) lessHeard() {
	slices.SortFunc(g.heard, func(a, b heardReport) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.index, b.index), cmp.Compare(a.receive, b.receive))
	})
	g.heard = slices.CompactFunc(g.heard, func(a, b heardReport) bool { return a.id == b.id && a.index == b.index })
	g.heard = fewCopies(g.heard, func(h *heardReport) radio.Station { return h.station }, &g.excess)
}

// few is the group with the copies that count.
func (g *group) few() *group {
	kept := gathered{group: group{slices.Clone(g.beacons), slices.Clone(g.heard)}}
	kept.settle(Drops{})
	return &kept.group
}

// fewCopies leaves the first MaxCopies of each station in a list that is sorted by name.
func fewCopies[R any](list []R, station func(*R) radio.Station, excess *bool) []R {
	if len(list) <= MaxCopies {
		return list
	}
	copies := make(map[radio.Station]int, len(list))
	kept := list[:0]
	for i := range list {
		s := station(&list[i])
		if copies[s]++; copies[s] > MaxCopies {
			*excess = true
			continue
		}
		kept = append(kept, list[i])
	}
	return kept
}
