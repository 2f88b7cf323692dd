package witness

// answers are what the partners of a station have heard of it in turn. A partner counts
// once: one that only sends, or sends from elsewhere, hears none of its beacons.
type answers struct{ beacons, partners, heard int64 }

// add counts a way that the station has heard on.
func (a *answers) add(p *Parameters, f *wayFact) {
	if f.kin || f.sums.Asked < p.AroundAsked {
		return
	}
	a.beacons += f.sums.Asked
	a.partners++
	if atBest(f.sums.Answered, f.sums.Asked) >= p.AnswersFull {
		a.heard++
	}
}

// silenceClue: how many of those that a station claims to hear heard it.
func (w *weigher) silenceClue(clues []Clue, a answers) []Clue {
	if a.beacons < w.p.LinkReports || a.partners < w.p.BalancePartners {
		return clues
	}
	return append(clues, clueOf(ClueAnswers, a.beacons, atBest(a.heard, a.partners), ramp{w.p.AnswersNone, w.p.AnswersFull}))
}
