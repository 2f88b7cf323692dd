package verify

import (
	"cmp"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// tagLimit finds the first tags (64 by default) of each station and slot, by the arrival of their
// observations (protocol hexspot/1, "Reports"); the slot is that of hearing. Add all
// observations, in any order, then ask. It keeps so many tags a station and slot.
type tagLimit struct {
	timing witness.Timing
	most   int // of the parameter set
	of     map[ear][]firstHeard
}

// ear is a station in a slot.
type ear struct {
	station radio.Station
	slot    witness.Slot
}

// firstHeard is a tag with its first observation.
type firstHeard struct {
	tag   witness.Tag
	first origin
	index uint32
}

func newTagLimit(t witness.Timing, most int) *tagLimit {
	return &tagLimit{t, most, map[ear][]firstHeard{}}
}

func (l *tagLimit) addAll(n groupName, g *group) {
	for i := range g.heard {
		l.add(n, &g.heard[i])
	}
}

func (l *tagLimit) ear(h *heardReport) ear { return ear{h.station, l.timing.SlotAt(h.body.Heard)} }

// add keeps the tag if it is among the first.
func (l *tagLimit) add(n groupName, h *heardReport) {
	e := l.ear(h)
	list, f := l.of[e], firstHeard{n.tag, h.origin, h.index}
	at := slices.IndexFunc(list, func(o firstHeard) bool { return o.tag == f.tag })
	switch {
	case at >= 0 && f.compare(list[at]) >= 0:
		return
	case at >= 0:
		list = slices.Delete(list, at, at+1)
	}
	at, _ = slices.BinarySearchFunc(list, f, firstHeard.compare)
	if at < l.most {
		list = slices.Insert(list, at, f)
		l.of[e] = list[:min(len(list), l.most)]
	}
}

func (f firstHeard) compare(o firstHeard) int {
	return cmp.Or(f.first.compare(o.first), cmp.Compare(f.index, o.index))
}

// keeps says whether an observation counts.
func (l *tagLimit) keeps(n groupName, h *heardReport) bool {
	list := l.of[l.ear(h)]
	return len(list) < l.most || slices.ContainsFunc(list, func(f firstHeard) bool { return f.tag == n.tag })
}

// keep is the group without observations that do not count.
func (l *tagLimit) keep(n groupName, g *group) *group {
	if !slices.ContainsFunc(g.heard, func(h heardReport) bool { return !l.keeps(n, &h) }) {
		return g
	}
	kept := &group{beacons: g.beacons}
	for i := range g.heard {
		if l.keeps(n, &g.heard[i]) {
			kept.heard = append(kept.heard, g.heard[i])
		}
	}
	return kept
}

func compareCases(a, b witness.Case) int {
	return cmp.Or(slices.Compare(a.Tag[:], b.Tag[:]), cmp.Compare(a.Slot, b.Slot))
}
