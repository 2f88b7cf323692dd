package witness

import (
	"hexspot/coverage"
)

// ground is what stations show of the country they stand on: who is around a station, and
// which ways join those around one with those around another. What the ground does to
// one of them, it does to all.
type ground struct {
	days  []*stationDay
	cells map[coverage.Hex][]uint32
	ways  map[[2]coverage.Hex][]groundWay // by the cells of both ends; of those that are asked for
}

// groundWay is a way as it is seen from one end.
type groundWay struct {
	near, far uint32
	excess    int64
}

// leastGround is how many others there have to be: one may lie. mostGround bounds what
// a pair of cells costs.
const (
	leastGround = 2
	mostGround  = 256
)

// survey looks at who stands where.
func (s *settling) survey() *ground {
	return &ground{days: s.days, cells: s.cells(), ways: map[[2]coverage.Hex][]groundWay{}}
}

// home is the cell of a station, zero if it has none with neighbours.
func (g *ground) home(s uint32) coverage.Hex {
	if len(diskOf(g.days[s])) == 0 {
		return 0
	}
	cell, _ := g.days[s].site.Cell.Parent(aroundAt) // it has one
	return cell
}

// ask notes that the ways between those around two stations are wanted.
func (g *ground) ask(s, partner uint32) {
	far := diskOf(g.days[partner])
	for _, a := range diskOf(g.days[s]) {
		for _, b := range far {
			g.ways[[2]coverage.Hex{a, b}] = nil
		}
	}
}

// add takes the ways of a station; those of all stations in order.
func (g *ground) add(s uint32, facts []wayFact) {
	home := g.home(s)
	for i := range facts {
		f := &facts[i]
		if f.sums.Reports <= 0 || f.kin {
			continue
		}
		cells := [2]coverage.Hex{home, g.home(f.partner)}
		if list, asked := g.ways[cells]; asked && len(list) < mostGround {
			g.ways[cells] = append(list, groundWay{s, f.partner, f.excess})
		}
	}
}

// excess is the median excess of the ways that those around a station have with those
// around its partner. It is false unless a share (0.0001) of them at either end have
// one: over ground that carries, most are heard.
func (g *ground) excess(s, partner uint32, share int64) (int64, bool) {
	var excesses []int64
	near, far := map[uint32]bool{}, map[uint32]bool{}
	for _, a := range diskOf(g.days[s]) {
		for _, b := range diskOf(g.days[partner]) {
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
func (g *ground) isMost(stations map[uint32]bool, s, partner uint32, share int64) bool {
	others := g.around(s, partner)
	return len(stations) >= leastGround && int64(len(stations))*whole >= int64(len(others))*share
}

// around are the stations around a station, without those of its owner or of a
// partner's.
func (g *ground) around(s, partner uint32) []uint32 {
	var list []uint32
	for _, cell := range diskOf(g.days[s]) {
		for _, n := range g.cells[cell] {
			if g.isOther(n, s, partner) {
				list = append(list, n)
			}
		}
	}
	return list
}

// isOther says that a station is neither of two, nor of their owners.
func (g *ground) isOther(n, s, partner uint32) bool {
	owner := g.days[n].site.Owner
	return owner != g.days[s].site.Owner && owner != g.days[partner].site.Owner
}
