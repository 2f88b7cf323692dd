package witness

import (
	"cmp"
	"slices"

	"hexspot/radio"
)

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
			shown := w.state.shownFrames(Way{s, f.partner})
			clues = w.answerClue(clues, f.sums.Asked+shown, f.sums.Answered+shown, w.p.LinkAsked)
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

// pool is several ways together, but for the one without which their slope is best: one
// partner who lies must not make the figure of a station.
func (w *weigher) pool(ways []spread) spread {
	var all, best spread
	for _, s := range ways {
		all = all.plus(s)
	}
	var most int64
	for _, s := range ways {
		rest := all.minus(s)
		if slope, ok := rest.slope(w.p.SlopeDoubt); ok && (best.reports == 0 || slope > most) {
			best, most = rest, slope
		}
	}
	return best
}

// compareClues has the clues of a link in one order, whichever way came first.
func compareClues(a, b Clue) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reports, b.Reports), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Weight, b.Weight))
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

// atBest is a share as if there had been one more case, a good one: of few cases the good
// one may be missing by chance.
func atBest(good, all int64) int64 { return (good + 1) * whole / (all + 1) }

func (w *weigher) answerClue(clues []Clue, asked, answered, least int64) []Clue {
	if asked < least {
		return clues
	}
	return append(clues, clueOf(ClueAnswers, asked, atBest(answered, asked), ramp{w.p.AnswersNone, w.p.AnswersFull}))
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
