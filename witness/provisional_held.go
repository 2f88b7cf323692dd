package witness

import (
	"hexspot/radio"
)

// Blame is what a link's weight is put down to.
type Blame struct {
	Subject Subject // whose clue leaves least; the link itself if a station leaves no less
	Weight  uint64  // of the link: what that clue leaves, ten-thousandths
	Rest    uint64  // what the other subjects would leave without it
}

// Blame says what the weight of a link is put down to.
func (w *Weights) Blame(a, b radio.Station) Blame {
	link := LinkSubject(a, b)
	least := Blame{link, uint64(leastWeight(w.own(link))), whole}
	for _, s := range [...]radio.Station{link.A, link.B} {
		weight := uint64(leastWeight(w.Station(s)))
		if weight < least.Weight {
			least = Blame{StationSubject(s), weight, least.Weight}
			continue
		}
		least.Rest = min(least.Rest, weight)
	}
	return least
}

// regained is how many ten-thousandths an appeal about the subject could give back: as far
// as the link's other subjects go, and none if the weight is not provisional.
func (b Blame) regained() uint64 {
	if b.Weight >= half {
		return 0
	}
	return b.Rest - b.Weight
}

// Loss is what weights took from a beacon and from its selected witnesses, 10^-8 shares: what
// they would have got with whole links, less what they got.
type Loss struct {
	Beacon    uint64
	Witnesses []uint64
}

// Take notes what a beacon and its selected witnesses lost, as far as it is put down to
// weights below one half. Of what a link took a subject holds (rest - weight) / (10000 - weight),
// rounded down: what its appeal, and no other, could bring. The beaconer's loss is put down to its links
// in proportion to what each lacks.
func (h Held) Take(w *Weights, beaconer radio.Station, selected []radio.Station, loss Loss) {
	blames := make([]Blame, len(selected))
	lacking := int64(0)
	for i, s := range selected {
		blames[i] = w.Blame(beaconer, s)
		lacking += whole - int64(blames[i].Weight)
	}
	for i, b := range blames {
		back := int64(b.regained())
		if back == 0 {
			continue
		}
		h.Add(b.Subject, selected[i], Holding{Witness: uint64(muldiv(int64(loss.Witnesses[i]), back, whole-int64(b.Weight)))})
		h.Add(b.Subject, beaconer, Holding{Beacon: uint64(muldiv(int64(loss.Beacon), back, lacking))})
	}
}
