package witness

import (
	"slices"
	"sync"

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
	p     *Parameters
	days  []*stationDay
	cells []coverage.Hex // of all stations, in order

	mu      sync.Mutex
	into    map[entry]int64
	between map[[2]coverage.Hex]int64 // pairs by the cells of both ends
	sums    map[[2]coverage.Hex]int64 // of between, over both areas
	disks   map[coverage.Hex][]coverage.Hex
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
		p: s.p, days: s.days, into: map[entry]int64{}, between: map[[2]coverage.Hex]int64{}, sums: map[[2]coverage.Hex]int64{},
		disks: map[coverage.Hex][]coverage.Hex{},
	}
	for station := range s.days {
		if cell := a.home(uint32(station)); cell != 0 {
			a.cells = append(a.cells, cell)
		}
	}
	slices.Sort(a.cells)
	return a
}

// home is the cell of a station, zero if it has none.
func (a *areas) home(s uint32) coverage.Hex {
	if a.days[s] == nil {
		return 0
	}
	cell, _ := a.days[s].site.Cell.Parent(areaAt)
	return cell
}

// disk are a cell and those next to it. Without them there is no area, and no share.
func (a *areas) disk(cell coverage.Hex) []coverage.Hex {
	disk, ok := a.disks[cell]
	if !ok {
		disk, _ = cell.Disk()
		a.disks[cell] = disk
	}
	return disk
}

// add counts the partners that a station has past reach, each once.
func (a *areas) add(s uint32, partners []uint32) {
	if len(partners) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, partner := range partners {
		a.into[entry{s, a.home(partner)}]++
		a.between[[2]coverage.Hex{a.home(s), a.home(partner)}]++
	}
}

// share is which part of the stations around a partner a station has far ways with, the
// partner left out, less area_ground times what the stations around itself have on
// average: 0.0001, at least zero, and zero with fewer than leastGround.
func (a *areas) share(s, partner uint32) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	there := a.around(partner)
	mine := a.farInto(s, partner) - 1
	if mine < leastGround {
		return 0
	}
	here := a.around(s)
	if here == 0 {
		return mine * whole / (there + doubtfulStations)
	}
	theirs := a.pairs(a.home(s), a.home(partner)) - mine - a.farInto(partner, s)
	return max(0, mine*here-theirs*a.p.AreaGround) * whole / (here * (there + doubtfulStations))
}

// around is how many other stations there are around one.
func (a *areas) around(s uint32) int64 {
	n := int64(-1)
	for _, cell := range a.disk(a.home(s)) {
		n += a.in(cell)
	}
	return max(0, n)
}

// in is how many stations there are in a cell.
func (a *areas) in(cell coverage.Hex) int64 {
	from, _ := slices.BinarySearch(a.cells, cell)
	to, _ := slices.BinarySearch(a.cells, cell+1)
	return int64(to - from)
}

// farInto is how many far partners a station has around another.
func (a *areas) farInto(s, other uint32) (n int64) {
	for _, cell := range a.disk(a.home(other)) {
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
	for _, cx := range a.disk(x) {
		for _, cy := range a.disk(y) {
			n += a.between[[2]coverage.Hex{cx, cy}]
		}
	}
	a.sums[key] = n
	return n
}
