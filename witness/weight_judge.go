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
	link, _ := twinsOf(a, b)
	return uint64(min(leastWeight(w.links[link]), leastWeight(w.stations[a]), leastWeight(w.stations[b])))
}

// Clues are all clues that bear on a link: its own, then those of either station.
func (w *Weights) Clues(a, b radio.Station) []Clue {
	link, _ := twinsOf(a, b)
	return slices.Concat(w.links[link], w.stations[a], w.stations[b])
}

// Station are the clues about a station.
func (w *Weights) Station(s radio.Station) []Clue { return w.stations[s] }

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

// weigher works out the weights of an epoch from the state after it. Only stations of
// the epoch have a known site. It goes through the facts several times, station by station;
// in memory it has some figures of each.
type weigher struct {
	*settling
	// excesses are of all ways of a station.
	excesses []mean
	// sentAlone and heardAlone are the ways of a station together that have no way
	// back, as a sender and as a hearer.
	sentAlone, heardAlone []spread
	// around are the neighbours' answers about each station, without those of stations
	// that have none themselves.
	around []around
	// beside are the figures of the clue distance before the ground is allowed for.
	beside []beside
	ground *ground
	areas  *areas
	// elsewhere are the shares of stations' ways that come from elsewhere (isElsewhere).
	elsewhere []int64
	owned     []owned
	groups    groups
	out       *SettledLinks
}

func newWeigher(s *settling) *weigher {
	n := len(s.names)
	w := &weigher{
		settling: s, excesses: make([]mean, n), sentAlone: make([]spread, n), heardAlone: make([]spread, n),
		beside: make([]beside, n), elsewhere: make([]int64, n), owned: make([]owned, n), groups: newGroups(n),
		out: &SettledLinks{names: s.names, after: s.after, stations: s.book.shelves(), links: s.book.shelves(), least: slices.Repeat([]int16{whole}, n)},
	}
	w.ground, w.areas = w.survey(), w.newAreas()
	return w
}

// weigh works out all clues.
func (s *settling) weigh() (*SettledLinks, error) {
	w := newWeigher(s)
	for _, stage := range [...]func() error{
		w.sortFacts, w.sumUp, w.sumSent, w.lookBeside, w.lookGround, w.lookFar, w.countFar, w.askNeighbours, w.clues,
	} {
		if err := stage(); err != nil {
			return nil, err
		}
	}
	return w.out, s.facts.Clear()
}

// eachStation gives the facts of each station that has any, in order. They are good until
// the next one.
func (w *weigher) eachStation(each func(s uint32, facts []wayFact, pairs []pairFact) error) error {
	var pairs []pairFact
	var facts []wayFact
	give := func() error {
		if len(pairs) == 0 {
			return nil
		}
		facts = w.factsOf(pairs, facts[:0])
		return each(pairs[0].station, facts, pairs)
	}
	err := eachOf(w.facts, func(f *itemFields) error {
		p := f.pairFact()
		if len(pairs) > 0 && pairs[0].station != p.station {
			if err := give(); err != nil {
				return err
			}
			pairs = pairs[:0]
		}
		pairs = append(pairs, p)
		return nil
	})
	if err != nil {
		return err
	}
	return give()
}

// sumUp pools the ways of each station.
func (w *weigher) sumUp() error {
	return w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		for i := range facts {
			f := &facts[i]
			if f.sums.Reports > 0 {
				w.excesses[s] = mean{w.excesses[s].sum + f.excess, w.excesses[s].n + 1}
			}
			if !f.outward && !f.answered {
				w.heardAlone[s] = w.heardAlone[s].plus(f.spread)
			}
			w.owned[s].add(f)
			w.groups.join(s, f.partner)
		}
		return nil
	})
}

// sumSent pools the ways out of each station that have no way back.
func (w *weigher) sumSent() error {
	var sent []spread
	return w.eachStation(func(s uint32, facts []wayFact, _ []pairFact) error {
		sent = sent[:0]
		for i := range facts {
			if f := &facts[i]; f.outward && !f.answered && !w.isCable(f.partner) {
				sent = w.appendAired(sent, f.spread)
			}
		}
		w.sentAlone[s] = w.pool(sent, 1)
		return nil
	})
}

// isCable says that what a station hears without answer comes in over a cable: it
// tells nothing of who sent it.
func (w *weigher) isCable(s uint32) bool {
	fading, ok := w.heardAlone[s].fading(w.p.LinkReports)
	return ok && fading < w.p.FadingFull
}
