package simulate

import (
	"slices"

	"hexspot/rewards"
)

// Selection is what honest stations are paid (10^-8) on the beacons of honest stations, by
// how witnesses are selected among the valid ones.
type Selection struct {
	// Paid is by the protocol: links without any weight take part.
	Paid uint64
	// Clear leaves links of weight 0 out before witnesses are selected.
	Clear uint64
	// Counted selects as the protocol does, and counts the selected links that have a
	// weight: units and the beaconer's mean are those of so many witnesses.
	Counted uint64
	// Denied leaves those out whose weight has been 0 for provisional_epochs, as a deny
	// list of final weights would.
	Denied uint64
}

// weighed has, for each link, how many epochs in a row it has been without weight.
type weighed map[pair]*rest

// pair are two stations, the lower number first.
type pair struct{ low, high int }

type rest struct {
	epochs int64
	today  bool
}

// see notes a link's weight.
func (w weighed) see(link pair, weight uint64) {
	r := w[link]
	if r == nil {
		r = &rest{}
		w[link] = r
	}
	r.today = weight == 0
}

// turn ends an epoch.
func (w weighed) turn() {
	for _, r := range w {
		if r.epochs++; !r.today {
			r.epochs = 0
		}
	}
}

// bookSelection books what honest stations are paid of an honest station's beacon.
func (c *court) bookSelection(valueZ [32]byte, tag [18]byte, by int, claims []claim) error {
	rest, final := c.restOf(by, claims)
	isRest := func(k *claim) bool { return rest[k.by] }
	isFinal := func(k *claim) bool { return final[k.by] }
	paid, err := selectOf(valueZ, tag, claims, func(k *claim) bool { return k.valid })
	if err != nil {
		return err
	}
	clear, err := paid.without(valueZ, tag, claims, isRest)
	if err != nil {
		return err
	}
	denied, err := paid.without(valueZ, tag, claims, isFinal)
	if err != nil {
		return err
	}
	c.selection.Paid += c.honestUnits(&paid)
	c.selection.Clear += c.honestUnits(&clear)
	c.selection.Denied += c.honestUnits(&denied)
	if err := paid.count(isRest); err != nil {
		return err
	}
	c.selection.Counted += c.honestUnits(&paid)
	return nil
}

// restOf are the witnesses whose link to a beaconer has no weight, and those who have had
// none for provisional_epochs.
func (c *court) restOf(by int, claims []claim) (rest, final map[int]bool) {
	rest, final = map[int]bool{}, map[int]bool{}
	for i := range claims {
		k := &claims[i]
		link := pair{min(by, k.by), max(by, k.by)}
		c.weighed.see(link, k.weights[0])
		if k.weights[0] == 0 {
			rest[k.by] = true
		}
		if c.weighed[link].epochs >= c.parameters.ProvisionalEpochs {
			final[k.by] = true
		}
	}
	return rest, final
}

// without selects anew among valid claims if some are not eligible.
func (s selection) without(valueZ [32]byte, tag [18]byte, claims []claim, out func(*claim) bool) (selection, error) {
	if !slices.ContainsFunc(claims, func(k claim) bool { return k.valid && out(&k) }) {
		return s, nil
	}
	return selectOf(valueZ, tag, claims, func(k *claim) bool { return k.valid && !out(k) })
}

// count counts only the selected claims that are not out.
func (s *selection) count(out func(*claim) bool) (err error) {
	var left []*claim
	for _, k := range s.claims {
		if !out(k) {
			left = append(left, k)
		}
	}
	s.claims, s.of = left, uint64(len(left))
	s.each, err = rewards.UnitsOf(len(left))
	return err
}

// honestUnits are what an honest beaconer and honest witnesses get.
func (c *court) honestUnits(s *selection) (sum uint64) {
	for by, u := range s.units(func(k *claim) uint64 { return k.weights[0] }) {
		sum += u.beaconer
		if c.world.stations[by].kind == Honest {
			sum += u.witness
		}
	}
	return sum
}
