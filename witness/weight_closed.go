package witness

import "sync"

// closed finds groups of stations that hear each other and nobody else (their
// conductance is zero): a village or a room. In a village loss grows with distance.
type closed struct {
	*weigher
	mu    sync.Mutex
	rooms map[uint32]room // by the root of the group
}

// room is what the ways within a group show.
type room struct {
	line    line
	reports int64
}

func (w *weigher) newClosed() *closed { return &closed{weigher: w, rooms: map[uint32]room{}} }

// add takes the ways of a station.
func (c *closed) add(s uint32, facts []wayFact) {
	size := c.groups.size(s)
	if size < partners || size > c.p.ClosedStations {
		return
	}
	var r room
	for i := range facts {
		f := &facts[i]
		if f.outward && f.sums.Reports > 0 && c.isHere(s, f) {
			r.line.add(int64(f.octaves>>logPlaces), f.loss)
			r.reports += f.sums.Reports
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	root := c.groups.root[s]
	c.rooms[root] = c.rooms[root].plus(r)
}

func (r room) plus(o room) room { return room{r.line.plus(o.line), r.reports + o.reports} }

// clue is that about the group of a station, false if there is none.
func (c *closed) clue(s uint32) (Clue, bool) {
	r, ok := c.rooms[c.groups.root[s]]
	if !ok {
		return Clue{}, false
	}
	slope, ok := r.line.slope()
	if !ok || r.reports < c.p.LinkReports {
		return Clue{}, false
	}
	return clueOf(ClueClosed, r.reports, slope+r.line.doubt(slope)*c.p.SlopeDoubt/100, ramp{c.p.ClosedNone, c.p.ClosedFull}), true
}

// isHere says that neither a way nor most ways of an end come from elsewhere: those have
// clues of their own, and bend the slope of an honest town.
func (w *weigher) isHere(s uint32, f *wayFact) bool {
	beyond, _ := w.beyondBoth(s, f)
	return beyond >= w.p.BeyondNone && w.isFromHere(s, f.partner, w.p.ElsewhereFull)
}

// isFromHere says that less than a share of the ways of either end come from elsewhere.
func (w *weigher) isFromHere(s, partner uint32, share int64) bool {
	return int64(max(w.elsewhere[s], w.elsewhere[partner])) < share
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

func (l line) plus(o line) line {
	return line{l.n + o.n, l.x + o.x, l.y + o.y, l.xx + o.xx, l.xy + o.xy, l.yy + o.yy}
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

// groups are the stations that evidence joins, way by way.
type groups struct{ root, members []uint32 }

func newGroups(n int) groups {
	g := groups{make([]uint32, n), make([]uint32, n)}
	for i := range g.root {
		g.root[i], g.members[i] = uint32(i), 1
	}
	return g
}

func (g groups) find(s uint32) uint32 {
	for g.root[s] != s {
		g.root[s] = g.root[g.root[s]]
		s = g.root[s]
	}
	return s
}

func (g groups) join(a, b uint32) {
	if a, b = g.find(a), g.find(b); a != b {
		g.root[a] = b
		g.members[b] += g.members[a]
	}
}

// flatten has each station know the root of its group. Several may ask behind it.
func (g groups) flatten() {
	for s := range g.root {
		g.root[s] = g.find(uint32(s))
	}
}

// size is how many stations a station's group has, when it is flat.
func (g groups) size(s uint32) int64 { return int64(g.members[g.root[s]]) }
