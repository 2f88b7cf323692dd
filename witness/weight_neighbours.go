package witness

import (
	"slices"
	"sync/atomic"

	"hexspot/coverage"
)

// findNeighbours notes who is asked about each station that sent a beacon. Who is around
// is for these to say: a place within half their usual reach.
func (s *settling) findNeighbours() error {
	return s.eachDrawer(func() hand {
		var list []uint32
		said := newTray(s.book.pairs)
		return hand{func(drawer int) error {
			from, to := s.stationsOf(drawer)
			for station := from; station < to; station++ {
				if s.days[station] == nil || len(s.days[station].sent) == 0 {
					continue
				}
				list = s.neighbours(station, list[:0])
				for _, n := range list {
					a, b := s.days[station].number, s.days[n].number
					if err := said.lay(drawerOf(a, b), said.say(saidNear, a, b)); err != nil {
						return err
					}
				}
			}
			return nil
		}, said.empty}
	})
}

// neighbours appends those of a station, of many the first ones.
func (s *settling) neighbours(station uint32, list []uint32) []uint32 {
	day, found := s.days[station], 0
	all := s.cells.around(day, list)
	for _, n := range all {
		if station != n && isNear(day, s.days[n], usual(s.reach[station], s.reach[n]), s.p) && found < mostCompared {
			all[found] = n
			found++
		}
	}
	return all[:found]
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

// reachWays is how many ways a reach is the mean of, at least.
const reachWays = 5

// findReaches works out the geometric means of how far away the stations are that each
// heard, as binary logarithms of mm; of at least reachWays.
func (s *settling) findReaches() error {
	ways := make([]atomic.Uint32, len(s.by))
	sums := make([]atomic.Int64, len(s.by))
	err := s.eachDrawer(func() hand {
		var c contents
		return hand{work: func(drawer int) error {
			if err := c.read(s.book.pairs, drawer, s.heardKey); err != nil {
				return err
			}
			list := slices.CompactFunc(c.list, func(a, b keyed) bool { return a.key == b.key })
			for _, k := range list {
				from, to := s.days[k.key>>32], s.days[uint32(k.key)]
				if d, ok := distance(from.site.Position, to.site.Position); ok {
					sums[uint32(k.key)].Add(int64(log2(uint64(max(d, coverage.Metre)))))
					ways[uint32(k.key)].Add(1)
				}
			}
			return nil
		}}
	})
	for station := range ways {
		if n := ways[station].Load(); n >= reachWays {
			s.reach[station] = q32(sums[station].Load() / int64(n))
		}
	}
	return err
}

// heardKey is the key of who sent and who heard, false of what says something else.
func (s *settling) heardKey(f *itemFields) (uint64, bool) {
	said := f.said()
	return pairKey(s.rank[said.from], s.rank[said.to]), said.what == saidHeard
}
