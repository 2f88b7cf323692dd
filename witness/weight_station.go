package witness

import (
	"slices"
)

// stationClues are the clues about a station from all its ways.
func (w *weigher) stationClues(k *ofStation) []Clue {
	s, facts := k.station, k.facts
	var clues []Clue
	var out, in []spread
	var heard spread
	var asked answers
	for i := range facts {
		f := &facts[i]
		switch {
		case f.outward:
			out = w.appendAired(out, f.spread)
		default:
			in, heard = append(in, f.spread), heard.plus(f.spread)
			asked.add(w.p, f)
		}
	}
	clues = w.slopeClue(clues, w.pool(out, 1))
	clues = w.fadingClue(w.slopeClue(clues, w.pool(in, 1+len(in)/quarterWithout)), heard)
	clues = w.silenceClue(clues, asked)
	clues = w.balanceClue(clues, facts)
	clues = w.distanceClue(clues, s)
	clues = w.elsewhereClue(clues, s, facts)
	clues = w.otherPlaceClue(clues, k)
	return w.aroundClue(clues, s)
}

// partners are the fewest that a mean over a station's partners is taken of.
const partners = 3

// balanceClue: by how much the losses of a station's links out and in differ, in the
// median of its partners: one of them may be wrong itself. Antennas, cables and places are the same both ways; what is
// left is power or RSSI that is not as stated. A chip that does not give the level of the
// signal is heard out only where it is loud, which looks like such a difference.
func (w *weigher) balanceClue(clues []Clue, facts []wayFact) []Clue {
	in := map[uint32]int64{}
	for i := range facts {
		if f := &facts[i]; !f.outward && f.sums.Reports > 0 {
			in[f.partner] = f.loss
		}
	}
	var differences []int64
	var reports int64
	for i := range facts {
		f := &facts[i]
		if back, ok := in[f.partner]; ok && f.outward && f.sums.Reports > 0 && !f.rough {
			differences = append(differences, f.loss-back)
			reports += f.sums.Reports
		}
	}
	if int64(len(differences)) < w.p.BalancePartners || reports < w.p.LinkReports {
		return clues
	}
	middle := median(differences)
	return append(clues, clueOf(ClueBalance, reports, max(middle, -middle), ramp{w.p.BalanceNone, w.p.BalanceFull}))
}

// median is the middle one of some figures, of an even number the lower.
func median(figures []int64) int64 {
	slices.Sort(figures)
	return figures[(len(figures)-1)/2]
}

// distanceClue: the excess loss of a station's ways beside that of its partners' other
// ways. A path gets no better than free space with distance, and hardly any stays
// as good: a station that stands nearer than published has too little excess.
func (w *weigher) distanceClue(clues []Clue, s uint32) []Clue {
	b := w.beside[s]
	if b.reports == 0 {
		return clues
	}
	if b.value < w.p.DistanceFull {
		b.value -= w.openGround(s)
	}
	return append(clues, clueOf(ClueDistance, b.reports, b.value, ramp{w.p.DistanceNone, w.p.DistanceFull}))
}

// leastShadows is of how many partners an excess is the mean: that of three or four is past the
// limit by their shadows alone now and then.
const leastShadows = 5

// lookBeside works out the mean of what a station's ways have less of excess than its
// partners' other ways.
func (w *weigher) lookBeside(k *ofStation) {
	var m mean
	var reports, shadows int64
	for i := range k.facts {
		f := &k.facts[i]
		usual := w.excesses[f.partner].minus(f.both)
		if f.kin || f.sums.Reports == 0 || usual.n < partners {
			continue
		}
		m = mean{m.sum + f.excess - floordiv(usual.sum, usual.n), m.n + 1}
		reports += f.sums.Reports
		if !f.outward || !f.answered { // both ways of a pair have one
			shadows++
		}
	}
	if shadows >= leastShadows && reports >= w.p.LinkReports {
		w.beside[k.station] = figure{reports, floordiv(m.sum, m.n)}
	}
}

// openGround is the median of what those of other owners around a station have less of
// excess than their partners; zero where it is more, and of a single one: what the ground
// does, it does to all who stand on it.
func (w *weigher) openGround(s uint32) int64 {
	var figures []int64
	for _, n := range w.ground.around(s, s) {
		if b := w.beside[n]; b.reports > 0 {
			figures = append(figures, b.value)
		}
	}
	if len(figures) < leastGround {
		return 0
	}
	return min(0, median(figures))
}

// mean is a sum of some figures.
type mean struct{ sum, n int64 }

func (m mean) minus(o mean) mean { return mean{m.sum - o.sum, m.n - o.n} }
