package witness

import (
	"slices"
)

// weigher works out the weights of an epoch from the state after it. Only stations of
// the epoch have a known site. It goes through the facts several times, station by station;
// in memory it has some figures of each station, and nothing of each link.
type weigher struct {
	*settling
	// excesses are of all ways of a station.
	excesses []mean
	// sentAlone is the slope and heardAlone the fading of the ways of a station together that
	// have no way back, as a sender and as a hearer.
	sentAlone, heardAlone []figure
	// around are the neighbours' answers about each station, without those of stations
	// that have none themselves.
	around []around
	// beside are the figures of the clue distance before the ground is allowed for.
	beside []figure
	ground *ground
	areas  *areas
	// terrain is how loss grows with distance around each station.
	terrain *terrain
	// past are the ways past reach, by station.
	past Shelf
	// elsewhere are the shares of stations' ways that come from elsewhere (isElsewhere).
	elsewhere []int16
	owned     []owned
	groups    groups
	out       *SettledLinks
}

// figure is something that was made from some reports; without any it is not known.
type figure struct{ reports, value int64 }

func newWeigher(s *settling) *weigher {
	n := len(s.by)
	w := &weigher{
		settling: s, excesses: make([]mean, n), sentAlone: make([]figure, n), heardAlone: make([]figure, n),
		beside: make([]figure, n), elsewhere: make([]int16, n), owned: make([]owned, n), groups: newGroups(n), past: s.book.shelves(),
		out: &SettledLinks{by: s.by, names: s.book.stations, after: s.after, stations: s.book.shelves(), links: s.book.shelves(), least: slices.Repeat([]int16{whole}, n)},
	}
	w.ground, w.areas, w.terrain = s.survey(), s.newAreas(), s.newTerrain()
	return w
}

// weigh works out all clues.
func (s *settling) weigh() (*SettledLinks, error) {
	w := newWeigher(s)
	err := inTurn(w.sortFacts, w.compareWays, w.lookGround, w.countFar, w.askNeighbours, w.clues)
	if err != nil {
		return nil, err
	}
	return w.out, inTurn(w.facts.Clear, w.twins.Clear, w.past.Clear, w.ground.usual.Clear)
}

// sumUp pools the ways of a station.
func (w *weigher) sumUp(k *ofStation) error {
	s := k.station
	var alone spread
	for i := range k.facts {
		f := &k.facts[i]
		if f.sums.Reports > 0 {
			w.excesses[s] = mean{w.excesses[s].sum + f.excess, w.excesses[s].n + 1}
		}
		if !f.outward && !f.answered {
			alone = alone.plus(f.spread)
		}
		w.owned[s].add(f)
	}
	if fading, ok := alone.fading(w.p.LinkReports); ok {
		w.heardAlone[s] = figure{alone.reports, fading}
	}
	w.terrain.limit(s, w.pairLosses(k), w.p.LinkLevels)
	w.join(s, k.pairs)
	return nil
}

// join enters that evidence joins a station with its partners: once a pair.
func (w *weigher) join(s uint32, pairs []pairFact) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range pairs {
		if pairs[i].partner > s {
			w.groups.join(s, pairs[i].partner)
		}
	}
}

// compareWays looks at each station's ways beside those of its partners.
func (w *weigher) compareWays() error {
	w.groups.flatten()
	err := w.eachStation(func() (func(*ofStation) error, func() error) {
		past := newTray(w.past)
		return func(k *ofStation) error {
			w.sumSent(k)
			w.lookBeside(k)
			w.terrain.add(k.station, w.pairLosses(k))
			return w.findPast(k, past)
		}, past.empty
	})
	w.terrain.conclude()
	return err
}

// sumSent pools the ways out of a station that have no way back.
func (w *weigher) sumSent(k *ofStation) {
	var sent []spread
	for i := range k.facts {
		if f := &k.facts[i]; f.outward && !f.answered && !w.isCable(f.partner) {
			sent = w.appendAired(sent, f.spread)
		}
	}
	all := w.pool(sent, 1)
	if slope, ok := all.slope(w.p.SlopeDoubt); ok {
		w.sentAlone[k.station] = figure{all.reports, slope}
	}
}

// isCable says that what a station hears without answer comes in over a cable: it
// tells nothing of who sent it.
func (w *weigher) isCable(s uint32) bool {
	fading := w.heardAlone[s]
	return fading.reports > 0 && fading.value < w.p.FadingFull
}
