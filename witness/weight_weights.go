package witness

import (
	"cmp"
	"slices"

	"hexspot/radio"
)

// Weights are the weights of an epoch's links with what they follow from. They are kept by
// the numbers of stations: there may be a million.
type Weights struct {
	names    *radio.Stations // nil: there are none
	stations map[uint32][]Clue
	links    map[uint64][]Clue // by linkKey
}

func newWeights(names *radio.Stations) *Weights {
	return &Weights{names, map[uint32][]Clue{}, map[uint64][]Clue{}}
}

// nobody is the number of a station without one.
const nobody = ^uint32(0)

func (w *Weights) number(s radio.Station) uint32 {
	if w.names == nil {
		return nobody
	}
	n, ok := w.names.Find(s)
	if !ok {
		return nobody
	}
	return n
}

// linkKey is the key of two stations by their numbers, whichever comes first.
func linkKey(a, b uint32) uint64 { return pairKey(min(a, b), max(a, b)) }

// enter takes the clues of a subject.
func (w *Weights) enter(s Subject, clues []Clue) {
	if s.IsLink() {
		w.links[linkKey(w.names.Number(s.A), w.names.Number(s.B))] = clues
		return
	}
	w.stations[w.names.Number(s.A)] = clues
}

// twins are the stations of a key.
func (w *Weights) twins(key uint64) Twins {
	t, _ := twinsOf(w.names.At(uint32(key>>32)), w.names.At(uint32(key)))
	return t
}

// bearing are the clues that bear on a link: its own, and those of either station.
func (w *Weights) bearing(a, b uint32) [3][]Clue {
	return [3][]Clue{w.links[linkKey(a, b)], w.stations[a], w.stations[b]}
}

// own are the clues about a subject itself.
func (w *Weights) own(s Subject) []Clue {
	if s.IsLink() {
		return w.links[linkKey(w.number(s.A), w.number(s.B))]
	}
	return w.Station(s.A)
}

// Link is the weight of a link, the same both ways, in ten-thousandths: the least that
// any clue about it or about one of its stations leaves. A link without evidence
// has its whole weight.
func (w *Weights) Link(a, b radio.Station) uint64 { return w.LinkBy(w.number(a), w.number(b)) }

// LinkBy is Link by the numbers that the book gave to stations.
func (w *Weights) LinkBy(a, b uint32) uint64 {
	c := w.bearing(a, b)
	return uint64(min(leastWeight(c[0]), leastWeight(c[1]), leastWeight(c[2])))
}

// Clues are all clues that bear on a link: its own, then those of either station.
func (w *Weights) Clues(a, b radio.Station) []Clue {
	c := w.bearing(w.number(a), w.number(b))
	return slices.Concat(c[:]...)
}

// Station are the clues about a station.
func (w *Weights) Station(s radio.Station) []Clue { return w.stations[w.number(s)] }

// Weakest is the clue that decides on the weight of the link of a station and a partner, and what
// it is about; false if there is none.
func (w *Weights) Weakest(s, partner radio.Station) (Clue, Whose, bool) {
	return w.WeakestBy(w.number(s), w.number(partner))
}

// WeakestBy is Weakest by the numbers that the book gave to stations. Of equal weights that of the
// station itself decides, then that of the link: of a partner's its owner would hear that nothing
// of its own is wrong.
func (w *Weights) WeakestBy(s, partner uint32) (Clue, Whose, bool) {
	var least Clue
	var whose Whose
	bearing := w.bearing(s, partner)
	for _, of := range [...]struct {
		whose Whose
		clues []Clue
	}{{WhoseOwn, bearing[1]}, {WhoseLink, bearing[0]}, {WhosePartner, bearing[2]}} {
		for _, c := range of.clues {
			by := cmp.Compare(c.Weight, least.Weight)
			if whose == "" || by < 0 || by == 0 && whose == of.whose && compareClues(c, least) < 0 {
				least, whose = c, of.whose
			}
		}
	}
	return least, whose, whose != ""
}
