package witness

import (
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// askAround counts which beacons of each station were heard by the stations around.
// Who is around is for these to say: a place within half their usual reach.
func (b *LinkBook) askAround(after LinkState, reach map[radio.Station]q32) {
	cells := b.cells()
	for s, day := range b.stations {
		if len(day.sent) == 0 {
			continue
		}
		found := 0
		for _, n := range b.around(cells, day) {
			if b.isNear(s, n, usual(reach, s, n)) && found < mostCompared {
				found++
				sums := after.Near[Way{s, n}]
				sums[0] = sums[0].plus(b.heardNear(s, n))
				after.Near[Way{s, n}] = sums
			}
		}
	}
}

// heardNear is how many beacons of a station a neighbour had to hear, and did.
func (b *LinkBook) heardNear(s, neighbour radio.Station) (n NearSums) {
	way := b.ways[Way{s, neighbour}]
	for _, e := range b.stations[s].sent {
		if !b.stations[neighbour].awake.has(e.window) {
			continue
		}
		n.Asked++
		if way != nil && way.heard.has(e.window) {
			n.Answered++
		}
	}
	return n
}

// isNear says whether a station is published within half of a neighbour's reach, and
// belongs to somebody else.
func (b *LinkBook) isNear(s, neighbour radio.Station, reach q32) bool {
	if s == neighbour || reach == 0 {
		return false
	}
	x, y := &b.stations[s].site, &b.stations[neighbour].site
	if x.Owner == y.Owner || x.Plan != y.Plan {
		return false
	}
	l := linkOf(x, y)
	if !l.ok || l.gap < coverage.Millimetres(b.p.MinDistance) { // what it heard is not evidence
		return false
	}
	return log2(uint64(max(l.length, coverage.Metre)))+1<<32 <= reach
}

// usual is the shorter of two stations' reaches: a station that hears little is not
// heard far either. One that has no reach of its own is held to its neighbour's; zero:
// the neighbour has none.
func usual(reach map[radio.Station]q32, s, neighbour radio.Station) q32 {
	own, ok := reach[s]
	if !ok {
		return reach[neighbour]
	}
	return min(own, reach[neighbour])
}

// reaches are the geometric means of how far away the stations are that each heard,
// as binary logarithms of mm; of at least reachWays.
func (b *LinkBook) reaches() map[radio.Station]q32 {
	type sum struct{ logs, n int64 }
	sums := map[radio.Station]sum{}
	for way := range b.ways {
		d, ok := distance(b.stations[way.From].site.Position, b.stations[way.To].site.Position)
		if !ok {
			continue
		}
		s := sums[way.To]
		sums[way.To] = sum{s.logs + int64(log2(uint64(max(d, coverage.Metre)))), s.n + 1}
	}
	reaches := make(map[radio.Station]q32, len(sums))
	for s, n := range sums {
		if n.n >= reachWays {
			reaches[s] = q32(n.logs / n.n)
		}
	}
	return reaches
}

const (
	reachWays = 5 // ways that a reach is the mean of
	aroundAt  = 7 // resolution of the cells that neighbours are looked for in
)

// cells are the stations by the cell they are published in.
func (b *LinkBook) cells() map[coverage.Hex][]radio.Station {
	cells := map[coverage.Hex][]radio.Station{}
	for s, day := range b.stations {
		if cell, err := day.site.Cell.Parent(aroundAt); err == nil {
			cells[cell] = append(cells[cell], s)
		}
	}
	return cells
}

// around are the stations in a site's cell and the cells next to it, sorted.
func (b *LinkBook) around(cells map[coverage.Hex][]radio.Station, day *stationDay) []radio.Station {
	cell, err := day.site.Cell.Parent(aroundAt)
	if err != nil {
		return nil
	}
	disk, err := cell.Disk()
	if err != nil {
		return nil
	}
	var list []radio.Station
	for _, c := range disk {
		list = append(list, cells[c]...)
	}
	slices.SortFunc(list, compareStations)
	return list
}
