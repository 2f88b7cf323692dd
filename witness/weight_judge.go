package witness

import (
	"cmp"
	"slices"

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
	around map[radio.Station]around
	// beside are the figures of the clue distance before the ground is allowed for.
	beside map[radio.Station]beside
	ground *ground
	// elsewhere are the shares of stations' ways that come from elsewhere (isElsewhere).
	elsewhere map[radio.Station]int64
}

func (b *LinkBook) weigh(after LinkState, reach map[radio.Station]q32) *Weights {
	w := weigher{
		p: b.p, book: b, state: after, reach: reach,
		ways:     map[radio.Station][]wayFact{},
		excesses: map[radio.Station]mean{}, elsewhere: map[radio.Station]int64{},
		sentAlone: map[radio.Station]spread{}, heardAlone: map[radio.Station]spread{},
		beside: map[radio.Station]beside{},
		out:    &Weights{stations: map[radio.Station][]Clue{}, links: map[Twins][]Clue{}},
	}
	w.gather()
	w.sumUp()
	w.lookBeside()
	w.ground = w.survey()
	w.lookFar()
	w.countFar()
	w.askNeighbours()
	for s, facts := range w.ways {
		w.out.stations[s] = w.stationClues(s, facts)
	}
	w.twinClues()
	w.closedClues()
	w.linkClues()
	w.withoutDoubts()
	return w.out
}

// Weakest is the clue that decides on the weight of a link, false if there is none.
func (w *Weights) Weakest(a, b radio.Station) (Clue, bool) {
	link, _ := twinsOf(a, b)
	var least Clue
	found := false
	for _, clues := range [...][]Clue{w.links[link], w.stations[link.A], w.stations[link.B]} {
		for _, c := range clues {
			if !found || cmp.Or(cmp.Compare(c.Weight, least.Weight), compareClues(c, least)) < 0 {
				least, found = c, true
			}
		}
	}
	return least, found
}
