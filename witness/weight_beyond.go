package witness

// farness is what is made of a way that may be past the reach of an end.
type farness struct {
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
func (w *weigher) beyondClue(clues []Clue, s uint32, f *wayFact, usual excess) []Clue {
	beyond, judged := w.beyondBoth(s, f)
	if !judged {
		return clues
	}
	far := w.farOf(s, &pastWay{f.partner, beyond, f.excess}, usual)
	figure, least := far.beyond, w.p.BeyondCompany
	if w.isAlone(&far) {
		figure, least = far.left, w.p.BeyondShare
	}
	if w.isFromHere(s, f.partner, least) {
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

// beyond is the excess of a way beside the usual one of an end, less BeyondOctave for
// each octave past twice its reach; zero within that.
func (w *weigher) beyond(end uint32, f *wayFact) int64 {
	if w.reach[end] == 0 {
		return 0
	}
	far := int64(f.octaves - w.reach[end] - 1<<32)
	usual := w.excesses[end].minus(f.both)
	if far < 0 || usual.n < partners {
		return 0
	}
	return min(0, f.excess-floordiv(usual.sum, usual.n)-far>>logPlaces*w.p.BeyondOctave>>10)
}

// farOf works out the figures of a way, when all that are past reach are known.
func (w *weigher) farOf(s uint32, p *pastWay, usual excess) farness {
	if p.beyond >= w.p.BeyondFull {
		return farness{beyond: p.beyond, left: p.beyond}
	}
	return farness{p.beyond, usual.left(p), w.areas.share(s, p.partner), w.areas.share(p.partner, s)}
}

// countFar works out which share of each station's ways come from elsewhere, in two rounds:
// in the second, ways to stations with a larger share in the first are not counted. What a
// worse partner explains says nothing of a station.
func (w *weigher) countFar() error {
	first := make([]int16, len(w.by))
	err := w.eachPast(func(p *pastOf, usual map[uint32]usualOf) error {
		first[p.station] = w.shareFar(p, usual, func(uint32) bool { return true })
		return nil
	})
	if err != nil {
		return err
	}
	return w.eachPast(func(p *pastOf, usual map[uint32]usualOf) error {
		w.elsewhere[p.station] = w.shareFar(p, usual, func(partner uint32) bool { return first[partner] <= first[p.station] })
		return nil
	})
}

func (w *weigher) shareFar(p *pastOf, usual map[uint32]usualOf, counts func(partner uint32) bool) int16 {
	var past int64
	for i := range p.ways {
		way := &p.ways[i]
		far := w.farOf(p.station, way, usual[way.partner].seen)
		if w.isElsewhere(&far) && counts(way.partner) {
			past++
		}
	}
	if past < partners {
		return 0
	}
	return int16(past * whole / (p.judged + doubtfulWays))
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
	return append(clues, clueOf(ClueElsewhere, reports, int64(w.elsewhere[s]), ramp{w.p.ElsewhereNone, w.p.ElsewhereFull}))
}
