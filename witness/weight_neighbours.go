package witness

import (
	"slices"

	"hexspot/coverage"
)

// findNeighbours notes who is asked about each station that sent a beacon. Who is around
// is for these to say: a place within half their usual reach.
func (s *settling) findNeighbours() error {
	cells := s.cells()
	for station, day := range s.days {
		if day == nil || len(day.sent) == 0 {
			continue
		}
		found := 0
		for _, n := range s.around(cells, day) {
			if uint32(station) != n && isNear(day, s.days[n], usual(s.reach[station], s.reach[n]), s.p) && found < mostCompared {
				found++
				s.book.say(saidNear, day.number, s.days[n].number)
			}
		}
	}
	return s.book.fault
}

// isNear says whether a station is published within half of a neighbour's reach, and
// belongs to somebody else.
func isNear(station, neighbour *stationDay, reach q32, rules *Parameters) bool {
	if reach == 0 {
		return false
	}
	x, y := &station.site, &neighbour.site
	if x.Owner == y.Owner || x.Plan != y.Plan {
		return false
	}
	l := linkOf(x, y)
	if !l.ok || l.gap < coverage.Millimetres(rules.MinDistance) { // what it heard is not evidence
		return false
	}
	return log2(uint64(max(l.length, coverage.Metre)))+1<<32 <= reach
}

// usual is the shorter of two stations' reaches: a station that hears little is not
// heard far either. One that has no reach of its own (zero) is held to its neighbour's;
// zero: the neighbour has none.
func usual(own, neighbours q32) q32 {
	if own == 0 {
		return neighbours
	}
	return min(own, neighbours)
}

// findReaches works out the geometric means of how far away the stations are that each
// heard, as binary logarithms of mm; of at least reachWays.
func (s *settling) findReaches() error {
	type sum struct{ logs, n int64 }
	sums := make([]sum, len(s.names))
	for drawer := range Drawers {
		heard := map[[2]uint32]bool{}
		err := eachItem(s.book.pairs, drawer, func(f *itemFields) error {
			if said := f.said(); said.what == saidHeard {
				heard[[2]uint32{s.rank[said.from], s.rank[said.to]}] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		for way := range heard {
			if d, ok := distance(s.days[way[0]].site.Position, s.days[way[1]].site.Position); ok {
				of := &sums[way[1]]
				*of = sum{of.logs + int64(log2(uint64(max(d, coverage.Metre)))), of.n + 1}
			}
		}
	}
	for station, n := range sums {
		if n.n >= reachWays {
			s.reach[station] = q32(n.logs / n.n)
		}
	}
	return nil
}

const (
	reachWays = 5 // ways that a reach is the mean of
	aroundAt  = 7 // resolution of the cells that neighbours are looked for in
)

// cells are the stations of the epoch by the cell they are published in, in order.
func (s *settling) cells() map[coverage.Hex][]uint32 {
	cells := map[coverage.Hex][]uint32{}
	for station, day := range s.days {
		if day == nil {
			continue
		}
		if cell, err := day.site.Cell.Parent(aroundAt); err == nil {
			cells[cell] = append(cells[cell], uint32(station))
		}
	}
	return cells
}

// around are the stations in a site's cell and the cells next to it, in order.
func (s *settling) around(cells map[coverage.Hex][]uint32, day *stationDay) []uint32 {
	var list []uint32
	for _, c := range diskOf(day) {
		list = append(list, cells[c]...)
	}
	slices.Sort(list)
	return list
}

// diskOf are the cell of a station and the cells next to it; none if it has no cell.
func diskOf(day *stationDay) []coverage.Hex {
	cell, err := day.site.Cell.Parent(aroundAt)
	if err != nil {
		return nil
	}
	disk, err := cell.Disk()
	if err != nil {
		return nil
	}
	return disk
}
