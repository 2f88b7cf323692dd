package witness

import "hexspot/radio"

// beyondClue: a way past the usual reach of one of its ends whose loss is less than that
// station's other links have. A few paths are so good, and an honest station has one
// or two of them; of what comes from elsewhere every one is.
func (w *weigher) beyondClue(clues []Clue, s radio.Station, f *wayFact) []Clue {
	figure, ok := w.beyondOf(s, f)
	if !ok || max(w.beyondShare[s], w.beyondShare[f.partner]) < w.p.BeyondShare {
		return clues
	}
	return append(clues, clueOf(ClueBeyond, f.sums.Reports, figure, ramp{w.p.BeyondNone, w.p.BeyondFull}))
}

// countBeyond works out which share of each station's ways is past reach and too good,
// in two rounds: in the second, ways to stations with a larger share in the first are
// not counted. What a worse partner explains says nothing of a station.
func (w *weigher) countBeyond() {
	first := map[radio.Station]int64{}
	for s, facts := range w.ways {
		first[s] = w.shareBeyond(s, facts, func(radio.Station) bool { return true })
	}
	for s, facts := range w.ways {
		w.beyondShare[s] = w.shareBeyond(s, facts, func(partner radio.Station) bool { return first[partner] <= first[s] })
	}
}

func (w *weigher) shareBeyond(s radio.Station, facts []wayFact, counts func(partner radio.Station) bool) int64 {
	var past, all int64
	for i := range facts {
		figure, ok := w.beyondOf(s, &facts[i])
		if !ok {
			continue
		}
		all++
		if figure < w.p.BeyondFull && counts(facts[i].partner) {
			past++
		}
	}
	if past < partners {
		return 0
	}
	return past * whole / (all + doubtfulWays)
}

// doubtfulWays are taken to be as they should: three of six ways are soon bad by chance,
// or because of who is at their other end.
const doubtfulWays = 2

// beyondOf is the worse of what the two ends make of a way.
func (w *weigher) beyondOf(s radio.Station, f *wayFact) (int64, bool) {
	if f.kin || f.sums.Reports < w.p.LinkLevels {
		return 0, false
	}
	return min(w.beyond(s, f), w.beyond(f.partner, f)), true
}

// beyond is the excess of a way beside the usual one of an end, less BeyondOctave for
// each octave past twice its reach; zero within that.
func (w *weigher) beyond(end radio.Station, f *wayFact) int64 {
	far := int64(log2(uint64(f.distance)) - w.reach[end] - 1<<32)
	usual := w.excesses[end].minus(f.both)
	if w.reach[end] == 0 || far < 0 || usual.n < partners {
		return 0
	}
	return min(0, f.excess-usual.sum/usual.n-far>>logPlaces*w.p.BeyondOctave>>10)
}

// elsewhereClue: which share of a station's ways is past reach and too good.
func (w *weigher) elsewhereClue(clues []Clue, s radio.Station, facts []wayFact) []Clue {
	if w.beyondShare[s] == 0 {
		return clues
	}
	var reports int64
	for i := range facts {
		reports += facts[i].sums.Reports
	}
	if reports < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueElsewhere, reports, w.beyondShare[s], ramp{w.p.ElsewhereNone, w.p.ElsewhereFull}))
}
