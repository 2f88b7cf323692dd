package witness

import (
	"slices"

	"hexspot/radio"
)

// stationClues are the clues about a station from all its ways.
func (w *weigher) stationClues(s radio.Station, facts []wayFact) []Clue {
	var clues []Clue
	var out, in spread
	var asked, answered int64
	for i := range facts {
		f := &facts[i]
		switch {
		case f.outward:
			out = out.plus(f.spread)
		default:
			in = in.plus(f.spread)
			if !f.kin {
				asked += f.sums.Asked
				answered += f.sums.Answered
			}
		}
	}
	clues = w.slopeClue(clues, out)
	clues = w.spreadClues(clues, in)
	clues = w.answerClue(clues, asked, answered, w.p.LinkReports)
	clues = w.balanceClue(clues, facts)
	clues = w.distanceClue(clues, facts)
	clues = w.elsewhereClue(clues, s, facts)
	return w.aroundClue(clues, s)
}

// partners are the fewest that a mean over a station's partners is taken of.
const partners = 3

// balanceClue: by how much the losses of a station's links out and in differ, in the
// median of its partners: one of them may be wrong itself. Antennas, cables and places are the same both ways; what is
// left is power or RSSI that is not as stated.
func (w *weigher) balanceClue(clues []Clue, facts []wayFact) []Clue {
	in := map[radio.Station]int64{}
	for i := range facts {
		if f := &facts[i]; !f.outward && f.sums.Reports > 0 {
			in[f.partner] = f.loss
		}
	}
	var differences []int64
	var reports int64
	for i := range facts {
		f := &facts[i]
		if back, ok := in[f.partner]; ok && f.outward && f.sums.Reports > 0 {
			differences = append(differences, f.loss-back)
			reports += f.sums.Reports
		}
	}
	if len(differences) < partners || reports < w.p.LinkReports {
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
func (w *weigher) distanceClue(clues []Clue, facts []wayFact) []Clue {
	var sum, n, reports int64
	for i := range facts {
		f := &facts[i]
		if f.kin || f.sums.Reports == 0 {
			continue
		}
		usual := w.excesses[f.partner].minus(f.both)
		if usual.n < partners {
			continue
		}
		sum += f.excess - usual.sum/usual.n
		reports += f.sums.Reports
		n++
	}
	if n < partners || reports < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueDistance, reports, sum/n, ramp{w.p.DistanceNone, w.p.DistanceFull}))
}

// mean is a sum of some figures.
type mean struct{ sum, n int64 }

func (m mean) minus(o mean) mean { return mean{m.sum - o.sum, m.n - o.n} }
