package witness

import "hexspot/radio"

// farness is what is made of a way that may be past the reach of an end.
type farness struct {
	judged bool  // there are the figures
	beyond int64 // see beyond; the worse of both ends
	left   int64 // of it, what the ground does not explain
	// mine is which share of the stations around the partner the station has such ways
	// with (areas.share), theirs that of the partner around the station.
	mine, theirs int64
}

// isPast says that a way is past reach and too good.
func (w *weigher) isPast(f *wayFact) bool { return f.far.judged && f.far.beyond < w.p.BeyondFull }

// beyondClue: a way past the usual reach of one of its ends whose loss is less than that
// station's other links have. A few paths are so good, and an honest station has one
// or two of them, or stands on ground where all are. What comes from elsewhere is
// heard by many there, or is most of what a station has.
func (w *weigher) beyondClue(clues []Clue, s radio.Station, f *wayFact) []Clue {
	if !f.far.judged {
		return clues
	}
	figure := f.far.beyond
	if w.isAlone(f) {
		if max(w.elsewhere[s], w.elsewhere[f.partner]) < w.p.BeyondShare {
			return clues
		}
		figure = f.far.left
	}
	return append(clues, clueOf(ClueBeyond, f.sums.Reports, figure, ramp{w.p.BeyondNone, w.p.BeyondFull}))
}

// isAlone says that neither end has more such ways around the other. A set of before there
// was area_share does not ask.
func (w *weigher) isAlone(f *wayFact) bool {
	return w.p.AreaShare == 0 || max(f.far.mine, f.far.theirs) < w.p.AreaShare
}

// lookFar works out the figures of each way.
func (w *weigher) lookFar() {
	for s, facts := range w.ways {
		for i := range facts {
			f := &facts[i]
			if f.kin || f.sums.Reports < w.p.LinkLevels {
				continue
			}
			figure := min(w.beyond(s, f), w.beyond(f.partner, f))
			f.far = farness{judged: true, beyond: figure, left: figure}
			if figure >= w.p.BeyondFull {
				continue
			}
			if excess, ok := w.ground.excess(s, f.partner, w.p.GroundShare); ok {
				f.far.left = max(figure, min(0, f.excess-excess))
			}
		}
	}
	w.lookAround()
}

// lookAround works out how many around each end are past reach, too.
func (w *weigher) lookAround() {
	a := newAreas(w.book)
	for s, facts := range w.ways {
		for i := range facts {
			if w.isPast(&facts[i]) {
				a.add(s, facts[i].partner)
			}
		}
	}
	for s, facts := range w.ways {
		for i := range facts {
			if f := &facts[i]; w.isPast(f) {
				f.far.mine, f.far.theirs = a.share(s, f.partner), a.share(f.partner, s)
			}
		}
	}
}

// countFar works out which share of each station's ways come from elsewhere, in two rounds: in the second, ways to stations with a larger
// share in the first are not counted. What a worse partner explains says nothing of a
// station.
func (w *weigher) countFar() {
	first := map[radio.Station]int64{}
	for s, facts := range w.ways {
		first[s] = w.shareFar(facts, func(radio.Station) bool { return true })
	}
	for s, facts := range w.ways {
		w.elsewhere[s] = w.shareFar(facts, func(partner radio.Station) bool { return first[partner] <= first[s] })
	}
}

func (w *weigher) shareFar(facts []wayFact, counts func(partner radio.Station) bool) int64 {
	var past, all int64
	for i := range facts {
		f := &facts[i]
		if !f.far.judged {
			continue
		}
		all++
		if w.isElsewhere(f) && counts(f.partner) {
			past++
		}
	}
	if past < partners {
		return 0
	}
	return past * whole / (all + doubtfulWays)
}

// isElsewhere says that a way is past reach because of the station itself: it has such ways
// with many there, and the partner with fewer here. Where too few stand around either end
// to say that, it has to be better still, and the ground must not explain it.
func (w *weigher) isElsewhere(f *wayFact) bool {
	if w.isAlone(f) {
		return f.far.left < min(w.p.BeyondAlone, w.p.BeyondFull)
	}
	return f.far.mine >= f.far.theirs
}

// doubtfulWays are taken to be as they should: three or four of six ways are soon bad by
// chance, or because of who is at their other end; of twenty not half.
const doubtfulWays = 6

// beyond is the excess of a way beside the usual one of an end, less BeyondOctave for
// each octave past twice its reach; zero within that.
func (w *weigher) beyond(end radio.Station, f *wayFact) int64 {
	far := int64(log2(uint64(f.distance)) - w.reach[end] - 1<<32)
	usual := w.excesses[end].minus(f.both)
	if w.reach[end] == 0 || far < 0 || usual.n < partners {
		return 0
	}
	return min(0, f.excess-floordiv(usual.sum, usual.n)-far>>logPlaces*w.p.BeyondOctave>>10)
}

// elsewhereClue: which share of a station's ways comes from elsewhere.
func (w *weigher) elsewhereClue(clues []Clue, s radio.Station, facts []wayFact) []Clue {
	if w.elsewhere[s] == 0 {
		return clues
	}
	var reports int64
	for i := range facts {
		reports += facts[i].sums.Reports
	}
	if reports < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueElsewhere, reports, w.elsewhere[s], ramp{w.p.ElsewhereNone, w.p.ElsewhereFull}))
}
