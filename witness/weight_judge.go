package witness

import (
	"maps"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// Weights are the weights of an epoch's links with what they follow from.
type Weights struct {
	stations map[radio.Station][]Clue
	links    map[Twins][]Clue
}

// Link is the weight of a link, the same both ways, in ten-thousandths: the least that
// any clue about it or about one of its stations leaves. A link without evidence
// has its whole weight.
func (w *Weights) Link(a, b radio.Station) uint64 {
	least := int64(whole)
	for _, c := range w.Clues(a, b) {
		least = min(least, c.Weight)
	}
	return uint64(least)
}

// Clues are all clues that bear on a link: its own, then those of either station.
func (w *Weights) Clues(a, b radio.Station) []Clue {
	link, _ := twinsOf(a, b)
	return slices.Concat(w.links[link], w.stations[a], w.stations[b])
}

// Station are the clues about a station.
func (w *Weights) Station(s radio.Station) []Clue { return w.stations[s] }

// weigher works out the weights of an epoch from the state after it. Only stations of
// the epoch have a known site.
type weigher struct {
	p     *Parameters
	book  *LinkBook
	state LinkState
	ways  map[radio.Station][]wayFact // by either station
	out   *Weights
	// excesses are of all ways of a station.
	excesses map[radio.Station]mean
	reach    map[radio.Station]q32
	// sentAlone and heardAlone are the ways of a station together that have no way
	// back, as a sender and as a hearer.
	sentAlone, heardAlone map[radio.Station]spread
	// around are the neighbours' answers about each station, without those of stations
	// that have none themselves.
	around     map[radio.Station]NearSums
	neighbours map[radio.Station]int // how many of them
	// beyondShare are the shares of stations' ways that are past reach and too good.
	beyondShare map[radio.Station]int64
}

// wayFact is a way as one of its stations sees it.
type wayFact struct {
	partner  radio.Station
	outward  bool // the station sent
	kin      bool // one owner
	answered bool // there is a way back
	sums     WaySums
	spread   spread
	loss     int64 // between isotropic antennas, 0.01 dB; of sums with reports
	excess   int64 // of the loss over free space
	both     mean  // of the excess of this way and the way back
	distance coverage.Millimetres
}

func (b *LinkBook) weigh(after LinkState, reach map[radio.Station]q32) *Weights {
	w := weigher{
		p: b.p, book: b, state: after, reach: reach,
		ways:     map[radio.Station][]wayFact{},
		excesses: map[radio.Station]mean{}, beyondShare: map[radio.Station]int64{},
		sentAlone: map[radio.Station]spread{}, heardAlone: map[radio.Station]spread{},
		out: &Weights{stations: map[radio.Station][]Clue{}, links: map[Twins][]Clue{}},
	}
	w.gather()
	w.sumUp()
	w.countBeyond()
	w.askNeighbours()
	for s, facts := range w.ways {
		w.out.stations[s] = w.stationClues(s, facts)
	}
	w.twinClues()
	w.closedClues()
	w.linkClues()
	return w.out
}

// gather looks at each way between stations of the epoch from both ends.
func (w *weigher) gather() {
	for _, way := range slices.SortedFunc(maps.Keys(w.state.Ways), Way.compare) {
		f, ok := w.factOf(way)
		if !ok {
			continue
		}
		f.partner, f.outward = way.To, true
		w.ways[way.From] = append(w.ways[way.From], f)
		f.partner, f.outward = way.From, false
		w.ways[way.To] = append(w.ways[way.To], f)
	}
}

// sumUp pools the ways of each station.
func (w *weigher) sumUp() {
	for s, facts := range w.ways {
		var all mean
		for i := range facts {
			f := &facts[i]
			if f.sums.Reports > 0 {
				all = mean{all.sum + f.excess, all.n + 1}
			}
			if !f.outward && !f.answered {
				w.heardAlone[s] = w.heardAlone[s].plus(f.spread)
			}
		}
		w.excesses[s] = all
	}
	for s, facts := range w.ways {
		for i := range facts {
			if f := &facts[i]; f.outward && !f.answered && !w.isCable(f.partner) {
				w.sentAlone[s] = w.sentAlone[s].plus(f.spread)
			}
		}
	}
}

// isCable says that what a station hears without answer comes in over a cable: it
// tells nothing of who sent it.
func (w *weigher) isCable(s radio.Station) bool {
	fading, ok := w.heardAlone[s].fading(w.p.LinkReports)
	return ok && fading < w.p.FadingFull
}

func (w *weigher) factOf(way Way) (wayFact, bool) {
	from, to := w.book.stations[way.From], w.book.stations[way.To]
	if from == nil || to == nil {
		return wayFact{}, false
	}
	d, ok := distance(from.site.Position, to.site.Position)
	if !ok {
		return wayFact{}, false
	}
	f := wayFact{distance: max(d, coverage.Metre), kin: from.site.Owner == to.site.Owner}
	free := int64(freeSpaceLoss(f.distance, midBand, lossOffset) / centidB)
	f.sums, f.loss = w.lossOf(way, &from.site, &to.site)
	if f.sums.Reports > 0 {
		f.spread = spreadOf(f.sums)
		f.excess = f.loss - free
		f.both = mean{f.excess, 1}
	}
	if back, loss := w.lossOf(way.Back(), &to.site, &from.site); back.Reports > 0 {
		f.answered = true
		f.both = mean{f.both.sum + loss - free, f.both.n + 1}
	}
	return f, true
}

// lossOf is what is known of a way, and its mean loss between isotropic antennas if
// there are reports.
func (w *weigher) lossOf(way Way, from, to *SiteFacts) (WaySums, int64) {
	both := w.state.Ways[way]
	sums := both[0].plus(both[1])
	if sums.Reports == 0 {
		return sums, 0
	}
	return sums, int64(w.p.Plans[from.Plan]) + net(to) - sums.Level/sums.Reports
}

// midBand stands for the frequency of a link's frames: over a whole plan free-space
// loss differs by less than 0.3 dB.
const midBand = 868 * radio.MHz

// linkClues are the clues about single links.
func (w *weigher) linkClues() {
	for s, facts := range w.ways {
		for i := range facts {
			f := &facts[i]
			if !f.outward {
				continue
			}
			link, _ := twinsOf(s, f.partner)
			clues := w.out.links[link]
			clues = w.spreadClues(clues, f.spread)
			clues = w.answerClue(clues, f.sums.Asked, f.sums.Answered, w.p.LinkAsked)
			clues = w.unansweredClues(clues, s, f)
			clues = w.beyondClue(clues, s, f)
			clues = w.ownerClue(clues, s, f)
			w.out.links[link] = clues
		}
	}
	for _, clues := range w.out.links {
		slices.SortStableFunc(clues, compareClues)
	}
}

// unansweredClues are of a way that has no way back: what all such ways of either
// station look like together. A second receiver or transmitter elsewhere makes
// them, and they are too many and too thin to be judged one by one. A transmitter
// that sends anew has no steps; a receiver whose frames come in over a cable has no
// fading.
func (w *weigher) unansweredClues(clues []Clue, s radio.Station, f *wayFact) []Clue {
	if f.answered {
		return clues
	}
	clues = w.slopeClue(clues, w.sentAlone[s])
	return w.fadingClue(clues, w.heardAlone[f.partner])
}

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
	return past * whole / all
}

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

// compareClues has the clues of a link in one order, whichever way came first.
func compareClues(a, b Clue) int {
	return slices.Compare([]int64{int64(len(a.Name)), int64(a.Name[0]), a.Reports, a.Value}, []int64{int64(len(b.Name)), int64(b.Name[0]), b.Reports, b.Value})
}

func (w *weigher) spreadClues(clues []Clue, s spread) []Clue {
	return w.fadingClue(w.slopeClue(clues, s), s)
}

func (w *weigher) slopeClue(clues []Clue, s spread) []Clue {
	slope, ok := s.slope(w.p.SlopeDoubt)
	if s.reports < w.p.LinkReports || !ok {
		return clues
	}
	return append(clues, clueOf(ClueSlope, s.reports, slope, ramp{w.p.SlopeNone, w.p.SlopeFull}))
}

func (w *weigher) fadingClue(clues []Clue, s spread) []Clue {
	fading, ok := s.fading(w.p.LinkReports)
	if !ok {
		return clues
	}
	return append(clues, clueOf(ClueFading, s.reports, fading, ramp{w.p.FadingNone, w.p.FadingFull}))
}

func (w *weigher) answerClue(clues []Clue, asked, answered, least int64) []Clue {
	if asked < least {
		return clues
	}
	return append(clues, clueOf(ClueAnswers, asked, answered*whole/asked, ramp{w.p.AnswersNone, w.p.AnswersFull}))
}

// ownerClue: of a link within one owner, by how many of a station's observations are
// such.
func (w *weigher) ownerClue(clues []Clue, s radio.Station, f *wayFact) []Clue {
	if !f.kin {
		return clues
	}
	var kin, all int64
	for i := range w.ways[s] {
		g := &w.ways[s][i]
		all += g.sums.Reports
		if g.kin {
			kin += g.sums.Reports
		}
	}
	if all < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueOwner, all, kin*whole/all, ramp{w.p.OwnerNone, w.p.OwnerFull}))
}
