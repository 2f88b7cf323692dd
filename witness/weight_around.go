package witness

import "hexspot/radio"

// aroundClue: whether the stations around a place hear it.
func (w *weigher) aroundClue(clues []Clue, s radio.Station) []Clue {
	sums := w.around[s]
	if sums.Asked < w.p.AroundAsked || w.neighbours[s] < partners {
		return clues
	}
	return append(clues, clueOf(ClueAround, sums.Asked, sums.Answered*whole/sums.Asked, ramp{w.p.AroundNone, w.p.AroundFull}))
}

// askNeighbours sums what the neighbours of each station say. Who is not heard by its own
// neighbours is no neighbour: it is left out in a second round.
func (w *weigher) askNeighbours() {
	first, _ := w.answersAround(func(radio.Station) bool { return true })
	w.around, w.neighbours = w.answersAround(func(n radio.Station) bool {
		sums := first[n]
		return sums.Asked < w.p.AroundAsked || sums.Answered*whole >= sums.Asked*w.p.AroundFull
	})
}

func (w *weigher) answersAround(counts func(neighbour radio.Station) bool) (map[radio.Station]NearSums, map[radio.Station]int) {
	around, neighbours := map[radio.Station]NearSums{}, map[radio.Station]int{}
	for way, sums := range w.state.Near {
		if counts(way.To) {
			around[way.From] = around[way.From].plus(sums[0]).plus(sums[1])
			neighbours[way.From]++
		}
	}
	return around, neighbours
}
