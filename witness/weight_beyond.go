package witness

// farness is what is made of a way that may be past the reach of an end.
type farness struct {
	judged bool  // there are the figures
	beyond int64 // see beyond; the worse of both ends
	left   int64 // of it, what the ground does not explain
	// mine is which share of the stations around the partner the station has such ways
	// with (areas.share), theirs that of the partner around the station.
	mine, theirs int64
}

// beyondClue: a way past the usual reach of one of its ends whose loss is less than that
// station's other links have. A few paths are so good, and an honest station has one
// or two of them, or stands on ground where all are; the best site of a town has some in
// company, which are few of its ways. What comes from elsewhere is heard by many there, or is
// most of what a station has.
func (w *weigher) beyondClue(clues []Clue, s uint32, f *wayFact) []Clue {
	if !f.far.judged {
		return clues
	}
	figure, least := f.far.beyond, w.p.BeyondCompany
	if w.isAlone(&f.far) {
		figure, least = f.far.left, w.p.BeyondShare
	}
	if max(w.elsewhere[s], w.elsewhere[f.partner]) < least {
		return clues
	}
	return append(clues, clueOf(ClueBeyond, f.sums.Reports, figure, ramp{w.p.BeyondNone, w.p.BeyondFull}))
}

// isAlone says that neither end has more such ways around the other. A set of before there
// was area_share does not ask.
func (w *weigher) isAlone(far *farness) bool {
	return w.p.AreaShare == 0 || max(far.mine, far.theirs) < w.p.AreaShare
}

// beyondBoth is the figure of a way, which is the same from both ends, false if it is not
// judged.
func (w *weigher) beyondBoth(s uint32, f *wayFact) (int64, bool) {
	if f.kin || f.sums.Reports < w.p.LinkLevels {
		return 0, false
	}
	return min(w.beyond(s, f), w.beyond(f.partner, f)), true
}

// isPast says that a way is past reach and too good.
func (w *weigher) isPast(s uint32, f *wayFact) bool {
	figure, judged := w.beyondBoth(s, f)
	return judged && figure < w.p.BeyondFull
}

// farOf works out the figures of a way, after lookFar.
func (w *weigher) farOf(s uint32, f *wayFact) farness {
	figure, judged := w.beyondBoth(s, f)
	if !judged || figure >= w.p.BeyondFull {
		return farness{judged: judged, beyond: figure, left: figure}
	}
	return farness{true, figure, f.far.left, w.areas.share(s, f.partner), w.areas.share(f.partner, s)}
}

// lookGround finds the ways that are past reach, by where they lead, and surveys the ground
// that may explain them.
func (w *weigher) lookGround() error {
	var past []uint32
	asked := false
	err := w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		past = past[:0]
		for i := range facts {
			if f := &facts[i]; w.isPast(s, f) {
				w.ground.ask(s, f.partner)
				past = append(past, f.partner)
				asked = true
			}
		}
		w.areas.add(s, past)
		return nil
	})
	if err != nil || !asked {
		return err
	}
	return w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		w.ground.add(s, facts)
		return nil
	})
}

// lookFar works out of each way what the ground leaves, and keeps it with the facts.
func (w *weigher) lookFar() error {
	looked := w.book.shelves()
	err := w.eachStation(func(_ uint32, _ []wayFact, pairs []pairFact) error {
		for i := range pairs {
			w.look(&pairs[i])
			if err := w.put(looked, &pairs[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.ground.ways = nil
	return w.replaceFacts(looked)
}

// look works out what the ground leaves of the ways of a pair.
func (w *weigher) look(p *pairFact) {
	for way := range p.known {
		f := w.fact(p, way)
		figure, judged := w.beyondBoth(p.station, &f)
		if !judged || figure >= w.p.BeyondFull {
			continue
		}
		p.left[way] = w.leftOf(p.station, p.partner, figure, f.excess)
		if way == 1 {
			p.back = w.leftOf(p.partner, p.station, figure, f.excess)
		}
	}
}

// leftOf is what the ground leaves of the figure of a way, as one of its ends sees it: of a
// pair of cells with very many ways either end sees others.
func (w *weigher) leftOf(s, partner uint32, figure, excess int64) int64 {
	usual, ok := w.ground.excess(s, partner, w.p.GroundShare)
	if !ok {
		return figure
	}
	return max(figure, min(0, excess-usual))
}

// countFar works out which share of each station's ways come from elsewhere, in two rounds:
// in the second, ways to stations with a larger share in the first are not counted. What a
// worse partner explains says nothing of a station.
func (w *weigher) countFar() error {
	first := make([]int64, len(w.names))
	err := w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		first[s] = w.shareFar(s, facts, func(uint32) bool { return true })
		return nil
	})
	if err != nil {
		return err
	}
	return w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		w.elsewhere[s] = w.shareFar(s, facts, func(partner uint32) bool { return first[partner] <= first[s] })
		return nil
	})
}

func (w *weigher) shareFar(s uint32, facts []wayFact, counts func(partner uint32) bool) int64 {
	var past, all int64
	for i := range facts {
		far := w.farOf(s, &facts[i])
		if !far.judged {
			continue
		}
		all++
		if w.isElsewhere(&far) && counts(facts[i].partner) {
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
func (w *weigher) isElsewhere(far *farness) bool {
	if w.isAlone(far) {
		return far.left < min(w.p.BeyondAlone, w.p.BeyondFull)
	}
	return far.mine >= far.theirs
}

// doubtfulWays are taken to be as they should: three or four of six ways are soon bad by
// chance, or because of who is at their other end; of twenty not half.
const doubtfulWays = 6

// beyond is the excess of a way beside the usual one of an end, less BeyondOctave for
// each octave past twice its reach; zero within that.
func (w *weigher) beyond(end uint32, f *wayFact) int64 {
	if w.reach[end] == 0 {
		return 0
	}
	far := int64(log2(uint64(f.distance)) - w.reach[end] - 1<<32)
	usual := w.excesses[end].minus(f.both)
	if far < 0 || usual.n < partners {
		return 0
	}
	return min(0, f.excess-floordiv(usual.sum, usual.n)-far>>logPlaces*w.p.BeyondOctave>>10)
}

// elsewhereClue: which share of a station's ways comes from elsewhere.
func (w *weigher) elsewhereClue(clues []Clue, s uint32, facts []wayFact) []Clue {
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
