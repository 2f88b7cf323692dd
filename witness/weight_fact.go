package witness

import (
	"cmp"
	"slices"

	"hexspot/coverage"
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
	distance coverage.Millimetres
	far      farness
}

// pairFact is what both ways of a pair show, as one of its stations sees it: what it sent
// first.
type pairFact struct {
	station, partner uint32
	kin, rough       bool
	distance         coverage.Millimetres
	free             int64 // free-space loss, 0.01 dB
	known            [2]bool
	sums             [2]WaySums
	shown            [2]int64
	left             [2]int64 // of beyond, what the ground does not explain
	back             int64    // the same of what the partner sent, as the partner sees it
}

// tell lays what a pair of stations of the epoch shows into the drawers of both.
func (s *settling) tell(a, b uint32, p *pair) error {
	if shown := p.shown[0].kept(); a == b && s.p.ExhibitFrames > 0 && max(shown[0], shown[1]) >= s.p.ExhibitFrames {
		s.shown[a] = true
	}
	from, to := s.days[a], s.days[b]
	if from == nil || to == nil || a == b {
		return nil
	}
	s.tellTwins(a, b, p)
	d, ok := distance(from.site.Position, to.site.Position)
	if !ok || !p.ways[0].known && !p.ways[1].known {
		return nil
	}
	f := pairFact{station: a, partner: b, kin: from.site.Owner == to.site.Owner, rough: from.rough || to.rough, distance: max(d, coverage.Metre)}
	f.free = int64(freeSpaceLoss(f.distance, midBand, lossOffset) / centidB)
	for way := range f.sums {
		w, shown := &p.ways[way], p.shown[way].kept()
		f.known[way], f.sums[way], f.shown[way] = w.known, w.sums[0].plus(w.sums[1]), max(shown[0], shown[1])
	}
	return cmp.Or(s.put(s.facts, &f), s.put(s.facts, f.reversed()))
}

// reversed is the fact as the partner sees it.
func (f *pairFact) reversed() *pairFact {
	r := *f
	r.station, r.partner = f.partner, f.station
	r.known, r.sums, r.shown = [2]bool{f.known[1], f.known[0]}, [2]WaySums{f.sums[1], f.sums[0]}, [2]int64{f.shown[1], f.shown[0]}
	return &r
}

// Bits of a pairFact.
const (
	factKin = 1 << iota
	factRough
	factOut
	factIn
)

func (s *settling) put(to Shelf, f *pairFact) error {
	bits := int64(0)
	for i, is := range [...]bool{f.kin, f.rough, f.known[0], f.known[1]} {
		if is {
			bits |= 1 << i
		}
	}
	s.item.begin().add(int64(f.station), int64(f.partner), bits, int64(f.distance), f.free)
	for way := range f.sums {
		if f.known[way] {
			s.item.add(f.sums[way].list()...).add(f.shown[way], f.left[way])
		}
	}
	return s.item.add(f.back).put(to, s.drawer(f.station))
}

func (f *itemFields) pairFact() pairFact {
	p := pairFact{station: f.number()}
	p.partner = f.number()
	bits := f.next()
	p.kin, p.rough, p.known = bits&factKin != 0, bits&factRough != 0, [2]bool{bits&factOut != 0, bits&factIn != 0}
	p.distance = coverage.Millimetres(f.next())
	p.free = f.next()
	for way := range p.sums {
		if p.known[way] {
			var v [waySums]int64
			f.read(v[:])
			p.sums[way], p.shown[way] = waySumsOf(v[:]), f.next()
			p.left[way] = f.next()
		}
	}
	p.back = f.next()
	return p
}

// sortFacts puts the facts in the order of stations and their partners.
func (s *settling) sortFacts() error {
	sorted := s.book.shelves()
	for drawer := range Drawers {
		type kept struct {
			key uint64
			b   []byte
		}
		var list []kept
		err := eachItem(s.facts, drawer, func(f *itemFields) error {
			b := slices.Clone(f.rest)
			station := uint64(f.number())
			list = append(list, kept{station<<32 | uint64(f.number()), b})
			return nil
		})
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b kept) int { return cmp.Compare(a.key, b.key) })
		for _, k := range list {
			s.item.begin()
			s.item.b = append(s.item.b, k.b...)
			if err := s.item.put(sorted, drawer); err != nil {
				return err
			}
		}
	}
	return s.replaceFacts(sorted)
}

// replaceFacts goes on with another shelf.
func (s *settling) replaceFacts(by Shelf) error {
	was := s.facts
	s.facts = by
	return was.Clear()
}

// factsOf are the facts of a station, by the way's stations.
func (w *weigher) factsOf(pairs []pairFact, facts []wayFact) []wayFact {
	heardFrom := func(lesser bool) {
		for i := range pairs {
			if p := &pairs[i]; p.known[1] && (p.partner < p.station) == lesser {
				facts = append(facts, w.fact(p, 1))
			}
		}
	}
	heardFrom(true)
	for i := range pairs {
		if p := &pairs[i]; p.known[0] {
			facts = append(facts, w.fact(p, 0))
		}
	}
	heardFrom(false)
	return facts
}

// fact is one way of a pair.
func (w *weigher) fact(p *pairFact, way int) wayFact {
	f := wayFact{
		partner: p.partner, outward: way == 0, kin: p.kin, rough: p.rough, distance: p.distance,
		sums: p.sums[way], shown: p.shown[way], far: farness{left: p.left[way]},
	}
	ends := [2]*SiteFacts{&w.days[p.station].site, &w.days[p.partner].site}
	if f.sums.Reports > 0 {
		f.spread, f.loss = spreadOf(f.sums), w.lossOf(&f.sums, ends[way], ends[1-way])
		f.excess = f.loss - p.free
		f.both = mean{f.excess, 1}
	}
	if back := &p.sums[1-way]; back.Reports > 0 {
		f.answered = true
		f.both = mean{f.both.sum + w.lossOf(back, ends[1-way], ends[way]) - p.free, f.both.n + 1}
	}
	return f
}

// lossOf is the mean loss of a way with reports, between isotropic antennas.
func (w *weigher) lossOf(sums *WaySums, from, to *SiteFacts) int64 {
	return int64(w.p.Plans[from.Plan]) + net(to) - floordiv(sums.Level, sums.Reports)
}

// midBand stands for the frequency of a link's frames: over a whole plan free-space
// loss differs by less than 0.3 dB.
const midBand = 868 * radio.MHz
