package witness

// farness is what is made of a way that may be past the reach of an end.
type farness struct {
	judged bool  // there are the figures
	beyond int64 // see beyond; the worse of both ends
	left   int64 // of it, what the ground does not explain
}

// beyondClue: a way past the usual reach of one of its ends whose loss is less than that
// station's other links have. A few paths are so good, and an honest station has one
// or two of them, or stands on ground where all are; of what comes from elsewhere every
// one is.
func (w *weigher) beyondClue(clues []Clue, s uint32, f *wayFact) []Clue {
	if !f.far.judged || max(w.elsewhere[s], w.elsewhere[f.partner]) < w.p.BeyondShare {
		return clues
	}
	return append(clues, clueOf(ClueBeyond, f.sums.Reports, f.far.beyond, ramp{w.p.BeyondNone, w.p.BeyondFull}))
}

// farOf works out the figures of a way; what the ground leaves of them is known after
// lookFar.
func (w *weigher) farOf(s uint32, f *wayFact) farness {
	if f.kin || f.sums.Reports < w.p.LinkLevels {
		return farness{}
	}
	figure := min(w.beyond(s, f), w.beyond(f.partner, f))
	if figure >= w.p.BeyondFull {
		return farness{true, figure, figure}
	}
	return farness{true, figure, f.far.left}
}

// lookGround finds the ways that the ground may explain, and surveys it around these.
func (w *weigher) lookGround() error {
	asked := false
	err := w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		for i := range facts {
			if f := w.farOf(s, &facts[i]); f.judged && f.beyond < w.p.BeyondFull {
				w.ground.ask(s, facts[i].partner)
				asked = true
			}
		}
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
	err := w.eachStation(func(s uint32, facts []wayFact, pairs []pairFact) error {
		for i := range pairs {
			p := &pairs[i]
			for way := range p.known {
				if p.known[way] {
					f := w.fact(p, way)
					p.left[way] = w.leftOf(s, &f)
				}
			}
			if err := w.put(looked, p); err != nil {
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

func (w *weigher) leftOf(s uint32, f *wayFact) int64 {
	far := w.farOf(s, f)
	if !far.judged || far.beyond >= w.p.BeyondFull {
		return 0
	}
	excess, ok := w.ground.excess(s, f.partner, w.p.GroundShare)
	if !ok {
		return far.beyond
	}
	return max(far.beyond, min(0, f.excess-excess))
}

// countFar works out which share of each station's ways is past reach and too good, and not
// explained by the ground, in two rounds: in the second, ways to stations with a larger
// share in the first are not counted. What a worse partner explains says nothing of a
// station.
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
		if far.left < w.p.BeyondFull && counts(facts[i].partner) {
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
	return min(0, f.excess-usual.sum/usual.n-far>>logPlaces*w.p.BeyondOctave>>10)
}

// elsewhereClue: which share of a station's ways is past reach and too good.
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
