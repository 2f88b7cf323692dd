package witness

import (
	"slices"

	"hexspot/coverage"
)

// areaAt is the resolution of the cells that areas are made of: a cell and those next to
// it are a town, some 20 km across.
const areaAt = 6

// areas are the ways past reach by where they lead: of those only, which are few, there is
// something in memory. A path that is good by chance is one
// of its kind: the stations around its far end are not heard, and those around the near
// end hear nothing of there. Who has something in another town is heard by many there;
// and if it were the ground, so were his neighbours.
type areas struct {
	p        *Parameters
	home     []coverage.Hex // by station; zero: none
	disks    map[coverage.Hex][]coverage.Hex
	stations map[coverage.Hex]int64
	into     map[entry]int64
	between  map[[2]coverage.Hex]int64 // pairs by the cells of both ends
	sums     map[[2]coverage.Hex]int64 // of between, over both areas
}

// entry is a station and a cell in which it has far partners.
type entry struct {
	station uint32
	cell    coverage.Hex
}

// doubtfulStations are taken not to be heard: two of three are soon heard by chance.
const doubtfulStations = 2

func (s *settling) newAreas() *areas {
	a := &areas{
		p: s.p, home: make([]coverage.Hex, len(s.days)), disks: map[coverage.Hex][]coverage.Hex{}, stations: map[coverage.Hex]int64{},
		into: map[entry]int64{}, between: map[[2]coverage.Hex]int64{}, sums: map[[2]coverage.Hex]int64{},
	}
	for station, day := range s.days {
		if day == nil {
			continue
		}
		cell, err := day.site.Cell.Parent(areaAt)
		if err != nil {
			continue
		}
		a.home[station] = cell
		a.stations[cell]++
		if a.disks[cell] == nil {
			a.disks[cell], _ = cell.Disk() // without one there is no area, and no share
		}
	}
	return a
}

// add counts the partners that a station has past reach, each once. It sorts them.
func (a *areas) add(s uint32, partners []uint32) {
	slices.Sort(partners)
	for _, partner := range slices.Compact(partners) {
		a.into[entry{s, a.home[partner]}]++
		a.between[[2]coverage.Hex{a.home[s], a.home[partner]}]++
	}
}

// share is which part of the stations around a partner a station has far ways with, the
// partner left out, less area_ground times what the stations around itself have on
// average: 0.0001, at least zero, and zero with fewer than leastGround.
func (a *areas) share(s, partner uint32) int64 {
	there := a.around(partner)
	mine := a.farInto(s, partner) - 1
	if mine < leastGround {
		return 0
	}
	here := a.around(s)
	if here == 0 {
		return mine * whole / (there + doubtfulStations)
	}
	theirs := a.pairs(a.home[s], a.home[partner]) - mine - a.farInto(partner, s)
	return max(0, mine*here-theirs*a.p.AreaGround) * whole / (here * (there + doubtfulStations))
}

// around is how many other stations there are around one.
func (a *areas) around(s uint32) int64 {
	n := int64(-1)
	for _, cell := range a.disks[a.home[s]] {
		n += a.stations[cell]
	}
	return max(0, n)
}

// farInto is how many far partners a station has around another.
func (a *areas) farInto(s, other uint32) (n int64) {
	for _, cell := range a.disks[a.home[other]] {
		n += a.into[entry{s, cell}]
	}
	return n
}

// pairs are the far ways between two areas.
func (a *areas) pairs(x, y coverage.Hex) (n int64) {
	key := [2]coverage.Hex{x, y}
	if n, ok := a.sums[key]; ok {
		return n
	}
	for _, cx := range a.disks[x] {
		for _, cy := range a.disks[y] {
			n += a.between[[2]coverage.Hex{cx, cy}]
		}
	}
	a.sums[key] = n
	return n
}
