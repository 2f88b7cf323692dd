package witness

import (
	"maps"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// ground is what stations show of the country they stand on: who is around a station, and
// which ways join those around one with those around another. What the ground does to
// one of them, it does to all.
type ground struct {
	book  *LinkBook
	disks map[radio.Station][]coverage.Hex // its cell and the cells next to it
	cells map[coverage.Hex][]radio.Station
	ways  map[[2]coverage.Hex][]groundWay // by the cells of both ends
}

// groundWay is a way as it is seen from one end.
type groundWay struct {
	near, far radio.Station
	excess    int64
}

// leastGround is how many others there have to be: one may lie. mostGround bounds what
// a pair of cells costs.
const (
	leastGround = 2
	mostGround  = 256
)

// survey sorts all ways with reports by the cells that they join.
func (w *weigher) survey() *ground {
	g := &ground{
		book: w.book, cells: w.book.cells(),
		disks: map[radio.Station][]coverage.Hex{}, ways: map[[2]coverage.Hex][]groundWay{},
	}
	home := map[radio.Station]coverage.Hex{}
	for cell, stations := range g.cells {
		disk, err := cell.Disk()
		if err != nil {
			continue
		}
		for _, s := range stations {
			home[s], g.disks[s] = cell, disk
		}
	}
	for _, s := range slices.SortedFunc(maps.Keys(w.ways), compareStations) {
		for i := range w.ways[s] {
			f := &w.ways[s][i]
			cells := [2]coverage.Hex{home[s], home[f.partner]}
			if f.sums.Reports > 0 && !f.kin && len(g.ways[cells]) < mostGround {
				g.ways[cells] = append(g.ways[cells], groundWay{s, f.partner, f.excess})
			}
		}
	}
	return g
}

// excess is the median excess of the ways that those around a station have with those
// around its partner. It is false unless a share (0.0001) of them at either end have
// one: over ground that carries, most are heard.
func (g *ground) excess(s, partner radio.Station, share int64) (int64, bool) {
	var excesses []int64
	near, far := map[radio.Station]bool{}, map[radio.Station]bool{}
	for _, a := range g.disks[s] {
		for _, b := range g.disks[partner] {
			for _, way := range g.ways[[2]coverage.Hex{a, b}] {
				if g.isOther(way.near, s, partner) && g.isOther(way.far, s, partner) {
					near[way.near], far[way.far] = true, true
					excesses = append(excesses, way.excess)
				}
			}
		}
	}
	if !g.isMost(near, s, partner, share) || !g.isMost(far, partner, s, share) {
		return 0, false
	}
	return median(excesses), true
}

// isMost says that stations are a share of the others around one.
func (g *ground) isMost(stations map[radio.Station]bool, s, partner radio.Station, share int64) bool {
	others := g.around(s, partner)
	return len(stations) >= leastGround && int64(len(stations))*whole >= int64(len(others))*share
}

// around are the stations around a station, without those of its owner or of a
// partner's.
func (g *ground) around(s, partner radio.Station) []radio.Station {
	var list []radio.Station
	for _, cell := range g.disks[s] {
		for _, n := range g.cells[cell] {
			if g.isOther(n, s, partner) {
				list = append(list, n)
			}
		}
	}
	return list
}

// isOther says that a station is neither of two, nor of their owners.
func (g *ground) isOther(n, s, partner radio.Station) bool {
	owner := g.book.stations[n].site.Owner
	return owner != g.book.stations[s].site.Owner && owner != g.book.stations[partner].site.Owner
}
