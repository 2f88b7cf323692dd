package witness

import (
	"hexspot/radio"
)

// wayFact is a way as one of its stations sees it.
type wayFact struct {
	partner  uint32
	outward  bool // the station sent
	kin      bool // one owner
	answered bool // there is a way back
	rough    bool // the chip at an end does not give the level of the signal
	sums     WaySums
	spread   spread
	loss     int64 // between isotropic antennas, 0.01 dB; of sums with reports
	excess   int64 // of the loss over free space
	both     mean  // of the excess of this way and the way back
	shown    int64 // frames of the way that evidence shows
	octaves  q32   // of the distance in mm, its binary logarithm
}

// pairFact is what both ways of a pair show, as one of its stations sees it: what it sent
// first.
type pairFact struct {
	station, partner uint32
	kin, rough       bool
	octaves          q32
	free             int64 // free-space loss, 0.01 dB
	known            [2]bool
	sums             [2]WaySums
	shown            [2]int64
}

// reversed is the fact as the partner sees it.
func (f *pairFact) reversed() pairFact {
	r := *f
	r.station, r.partner = f.partner, f.station
	r.known, r.sums, r.shown = [2]bool{f.known[1], f.known[0]}, [2]WaySums{f.sums[1], f.sums[0]}, [2]int64{f.shown[1], f.shown[0]}
	return r
}

// Bits of a pairFact.
const (
	factKin = 1 << iota
	factRough
	factOut
	factIn
)

// addFact makes the item of a fact.
func (i *item) addFact(f *pairFact) {
	bits := int64(0)
	for i, is := range [...]bool{f.kin, f.rough, f.known[0], f.known[1]} {
		if is {
			bits |= 1 << i
		}
	}
	i.begin().add(int64(f.station), int64(f.partner), bits, int64(f.octaves), f.free)
	for way := range f.sums {
		if f.known[way] {
			var v [waySums]int64
			f.sums[way].put(v[:])
			i.add(v[:]...).add(f.shown[way])
		}
	}
}

func (f *itemFields) pairFact() pairFact {
	p := pairFact{station: f.number(), partner: f.number()}
	bits := f.next()
	p.kin, p.rough, p.known = bits&factKin != 0, bits&factRough != 0, [2]bool{bits&factOut != 0, bits&factIn != 0}
	p.octaves = q32(f.next())
	p.free = f.next()
	for way := range p.sums {
		if p.known[way] {
			var v [waySums]int64
			f.read(v[:])
			p.sums[way], p.shown[way] = waySumsOf(v[:]), f.next()
		}
	}
	return p
}

// eachWay gives the ways of a station's pairs by their stations: who sent, then who heard.
func eachWay(pairs []pairFact, each func(p *pairFact, way int)) {
	heardFrom := func(lesser bool) {
		for i := range pairs {
			if p := &pairs[i]; p.known[1] && (p.partner < p.station) == lesser {
				each(p, 1)
			}
		}
	}
	heardFrom(true)
	for i := range pairs {
		if p := &pairs[i]; p.known[0] {
			each(p, 0)
		}
	}
	heardFrom(false)
}

// fact is one way of a pair.
func (w *weigher) fact(p *pairFact, way int) wayFact {
	f := wayFact{
		partner: p.partner, outward: way == 0, kin: p.kin, rough: p.rough, octaves: p.octaves,
		sums: p.sums[way], shown: p.shown[way],
	}
	if f.sums.Reports > 0 {
		f.spread, f.loss = spreadOf(f.sums), w.loss(p, way)
		f.excess = f.loss - p.free
		f.both = mean{f.excess, 1}
	}
	if p.sums[1-way].Reports > 0 {
		f.answered = true
		f.both = mean{f.both.sum + w.loss(p, 1-way) - p.free, f.both.n + 1}
	}
	return f
}

// loss is the mean loss of a way with reports, between isotropic antennas.
func (w *weigher) loss(p *pairFact, way int) int64 {
	ends := [2]*SiteFacts{&w.days[p.station].site, &w.days[p.partner].site}
	sums := &p.sums[way]
	return int64(w.p.Plans[ends[way].Plan]) + net(ends[1-way]) - floordiv(sums.Level, sums.Reports)
}

// midBand stands for the frequency of a link's frames: over a whole plan free-space
// loss differs by less than 0.3 dB.
const midBand = 868 * radio.MHz
