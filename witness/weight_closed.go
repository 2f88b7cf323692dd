package witness

import (
	"maps"
	"slices"

	"hexspot/radio"
)

// closedClues: a group of stations that hear each other and nobody else (its
// conductance is zero) is a village or a room. In a village loss grows with distance.
func (w *weigher) closedClues() {
	for _, group := range w.groups() {
		if len(group) < partners || int64(len(group)) > w.p.ClosedStations {
			continue
		}
		var l line
		var reports int64
		for _, s := range group {
			for i := range w.ways[s] {
				f := &w.ways[s][i]
				if f.outward && f.sums.Reports > 0 && w.isHere(s, f) {
					l.add(int64(log2(uint64(f.distance))>>logPlaces), f.loss)
					reports += f.sums.Reports
				}
			}
		}
		slope, ok := l.slope()
		if !ok || reports < w.p.LinkReports {
			continue
		}
		c := clueOf(ClueClosed, reports, slope+l.doubt(slope)*w.p.SlopeDoubt/100, ramp{w.p.ClosedNone, w.p.ClosedFull})
		for _, s := range group {
			w.out.stations[s] = append(w.out.stations[s], c)
		}
	}
}

// isHere says that neither a way nor most ways of an end come from elsewhere: those have
// clues of their own, and bend the slope of an honest town.
func (w *weigher) isHere(s radio.Station, f *wayFact) bool {
	return f.far.beyond >= w.p.BeyondNone && max(w.elsewhere[s], w.elsewhere[f.partner]) < w.p.ElsewhereFull
}

// logPlaces leaves 10 binary places of a logarithm.
const logPlaces = 22

// line are the sums of a straight line through points.
type line struct{ n, x, y, xx, xy, yy int64 }

func (l *line) add(x, y int64) {
	l.n++
	l.x += x
	l.y += y
	l.xx += x * x
	l.xy += x * y
	l.yy += y * y
}

// slope is by how many 0.01 dB y grows with each octave of x; false for fewer than 6
// points, or points that lie within half an octave.
func (l *line) slope() (int64, bool) {
	if l.n < 6 {
		return 0, false
	}
	xx := l.xx - muldiv(l.x, l.x, l.n)
	if xx/l.n < 1<<14 {
		return 0, false
	}
	return muldiv(l.xy-muldiv(l.x, l.y, l.n), 1<<10, xx), true
}

// doubt is the standard error of a slope that there is.
func (l *line) doubt(slope int64) int64 {
	xx := l.xx - muldiv(l.x, l.x, l.n)
	yy := l.yy - muldiv(l.y, l.y, l.n)
	left := max(0, yy-muldiv(slope, muldiv(slope, xx, 1<<10), 1<<10)) // what the line does not explain
	return int64(isqrt(uint64(muldiv(left/(l.n-2), 1<<20, xx))))
}

// groups are the stations that evidence joins, way by way, each sorted.
func (w *weigher) groups() [][]radio.Station {
	root := map[radio.Station]radio.Station{}
	find := func(s radio.Station) radio.Station {
		for root[s] != s {
			root[s] = root[root[s]]
			s = root[s]
		}
		return s
	}
	stations := slices.SortedFunc(maps.Keys(w.ways), compareStations)
	for _, s := range stations {
		root[s] = s
	}
	for _, s := range stations {
		for i := range w.ways[s] {
			root[find(s)] = find(w.ways[s][i].partner)
		}
	}
	members := map[radio.Station][]radio.Station{}
	for _, s := range stations {
		members[find(s)] = append(members[find(s)], s)
	}
	return slices.Collect(maps.Values(members))
}
