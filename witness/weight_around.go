package witness

import "hexspot/radio"

// aroundClue: whether the stations around a place hear it.
func (w *weigher) aroundClue(clues []Clue, s radio.Station) []Clue {
	a := w.around[s]
	if a.neighbours < w.p.AroundNeighbours {
		return clues
	}
	return append(clues, clueOf(ClueAround, a.asked, a.share(), ramp{w.p.AroundNone, w.p.AroundFull}))
}

// around is what the neighbours of a station say of it. A neighbour counts once, however
// many beacons it was asked for: what stands between two places stays there.
type around struct{ asked, neighbours, heard int64 }

// share is that of the neighbours that heard the station.
func (a around) share() int64 { return atBest(a.heard, a.neighbours) }

// askNeighbours sums what the neighbours of each station say. Who is not heard by its own
// neighbours is no neighbour: it is left out in a second round.
func (w *weigher) askNeighbours() {
	first := w.answersAround(func(radio.Station) bool { return true })
	w.around = w.answersAround(func(n radio.Station) bool {
		a := first[n]
		return a.neighbours < w.p.AroundNeighbours || a.share() >= w.p.AroundFull
	})
}

func (w *weigher) answersAround(counts func(neighbour radio.Station) bool) map[radio.Station]around {
	of := map[radio.Station]around{}
	for way, sums := range w.state.Near {
		total := sums[0].plus(sums[1])
		if total.Asked < w.p.AroundAsked || !counts(way.To) {
			continue
		}
		a := of[way.From]
		a.asked += total.Asked
		a.neighbours++
		if total.Answered > 0 {
			a.heard++
		}
		of[way.From] = a
	}
	return of
}
