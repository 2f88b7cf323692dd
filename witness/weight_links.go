package witness

import (
	"cmp"
	"slices"
)

// linkClues lays down the clues about the links of a station with those after it.
func (w *weigher) linkClues(k *ofStation, usual map[uint32]usualOf, links *tray) error {
	var clues []Clue
	for i := range k.pairs {
		p := &k.pairs[i]
		if p.partner < k.station {
			continue
		}
		clues = clues[:0]
		if p.known[0] {
			f := w.fact(p, 0)
			clues = w.wayClues(clues, k.station, &f, usual[p.partner].seen)
		}
		if p.known[1] {
			r := p.reversed()
			f := w.fact(&r, 0)
			clues = w.wayClues(clues, p.partner, &f, usual[p.partner].back)
		}
		slices.SortStableFunc(clues, compareClues)
		links.begin().add(int64(k.station), int64(p.partner)).addClues(clues)
		if err := links.put(w.drawer(k.station)); err != nil {
			return err
		}
	}
	return nil
}

// wayClues are the clues about what a station sent to a partner, over ground on which others
// have a usual excess.
func (w *weigher) wayClues(clues []Clue, s uint32, f *wayFact, usual excess) []Clue {
	clues = w.spreadClues(clues, f.spread)
	clues = w.answerClue(clues, f.sums.Asked+f.shown, f.sums.Answered+f.shown, w.p.LinkAsked)
	clues = w.unansweredClues(clues, s, f)
	clues = w.beyondClue(clues, s, f, usual)
	return w.ownerClue(clues, s, f)
}

// unansweredClues are of a way that has no way back: what all such ways of either
// station look like together. A second receiver or transmitter elsewhere makes
// them, and they are too many and too thin to be judged one by one. A transmitter
// that sends anew has no steps; a receiver whose frames come in over a cable has no
// fading.
func (w *weigher) unansweredClues(clues []Clue, s uint32, f *wayFact) []Clue {
	if f.answered {
		return clues
	}
	if slope := w.sentAlone[s]; slope.reports > 0 {
		clues = w.slopeFigure(clues, slope)
	}
	if fading := w.heardAlone[f.partner]; fading.reports > 0 {
		clues = w.fadingFigure(clues, fading)
	}
	return clues
}

// pool is several ways together, but for some, one after the other that without which the
// slope is best: partners who lie must not make the figure of a station. Of what it sends it is
// one: who sends it again elsewhere is heard by many there. Of what it hears it is one and a
// quarter, because whoever sends without steps is heard by all around him. It has no reports
// if nothing is left, or of fewer than poolWays: most of three soon lie.
func (w *weigher) pool(ways []spread, without int) spread {
	if len(ways) < poolWays {
		return spread{}
	}
	var rest spread
	for _, s := range ways {
		rest = rest.plus(s)
	}
	left := slices.Clone(ways)
	for range min(without, mostWithout) {
		worst := w.worst(rest, left)
		if worst < 0 {
			return spread{}
		}
		rest = rest.minus(left[worst])
		left = slices.Delete(left, worst, worst+1)
	}
	return rest
}

// quarterWithout is of how many ways that a station hears one is left out, and one more.
const quarterWithout = 4

// mostWithout bounds how many ways are left out: who claims to hear thousands makes no work of it.
const mostWithout = 64

// poolWays is the least number of ways that show something of a station together.
const poolWays = 5

// worst is the way without which the slope of all is best, -1 if there is none without it.
func (w *weigher) worst(all spread, ways []spread) int {
	worst, most := -1, int64(0)
	for i, s := range ways {
		rest := all.minus(s)
		if slope, ok := rest.slope(w.p.SlopeDoubt); ok && (worst < 0 || slope > most) {
			worst, most = i, slope
		}
	}
	return worst
}

// compareClues has the clues of a link in one order, whichever way came first.
func compareClues(a, b Clue) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reports, b.Reports), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Weight, b.Weight))
}

// appendAired appends a way of a sender unless it came in over a cable: what has lost its
// steps there tells of its hearer.
func (w *weigher) appendAired(ways []spread, s spread) []spread {
	if fading, ok := s.fading(w.p.LinkLevels); ok && fading < w.p.FadingNone {
		return ways
	}
	return append(ways, s)
}

func (w *weigher) spreadClues(clues []Clue, s spread) []Clue {
	return w.fadingClue(w.slopeClue(clues, s), s)
}

func (w *weigher) slopeClue(clues []Clue, s spread) []Clue {
	slope, ok := s.slope(w.p.SlopeDoubt)
	if !ok {
		return clues
	}
	return w.slopeFigure(clues, figure{s.reports, slope})
}

func (w *weigher) slopeFigure(clues []Clue, slope figure) []Clue {
	if slope.reports < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueSlope, slope.reports, slope.value, ramp{w.p.SlopeNone, w.p.SlopeFull}))
}

func (w *weigher) fadingClue(clues []Clue, s spread) []Clue {
	fading, ok := s.fading(w.p.LinkReports)
	if !ok {
		return clues
	}
	return w.fadingFigure(clues, figure{s.reports, fading})
}

func (w *weigher) fadingFigure(clues []Clue, fading figure) []Clue {
	return append(clues, clueOf(ClueFading, fading.reports, fading.value, ramp{w.p.FadingNone, w.p.FadingFull}))
}

// atBest is a share as if there had been one more case, a good one: of few cases the good
// one may be missing by chance.
func atBest(good, all int64) int64 { return (good + 1) * whole / (all + 1) }

func (w *weigher) answerClue(clues []Clue, asked, answered, least int64) []Clue {
	if asked < least {
		return clues
	}
	return append(clues, clueOf(ClueAnswers, asked, atBest(answered, asked), ramp{w.p.AnswersNone, w.p.AnswersFull}))
}

// owned is how many of a station's observations are of its own owner's stations.
type owned struct{ kin, all int64 }

func (o *owned) add(f *wayFact) {
	o.all += f.sums.Reports
	if f.kin {
		o.kin += f.sums.Reports
	}
}

// ownerClue: of a link within one owner, by how many of a station's observations are
// such.
func (w *weigher) ownerClue(clues []Clue, s uint32, f *wayFact) []Clue {
	o := w.owned[s]
	if !f.kin || o.all < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueOwner, o.all, o.kin*whole/o.all, ramp{w.p.OwnerNone, w.p.OwnerFull}))
}
