package simulate

import "hexspot/rewards"

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
	final := c.parameters.ProvisionalEpochs
	denied := func(k *claim) bool {
		link := pair{min(by, k.by), max(by, k.by)}
		c.weighed.see(link, k.weights[0])
		return c.weighed[link].epochs >= final
	}
	for _, way := range [...]struct {
		sum      *uint64
		eligible func(*claim) bool
		counted  bool
	}{
		{&c.selection.Paid, func(k *claim) bool { return k.valid }, false},
		{&c.selection.Counted, func(k *claim) bool { return k.valid }, true},
		{&c.selection.Clear, func(k *claim) bool { return k.valid && k.weights[0] > 0 }, false},
		{&c.selection.Denied, func(k *claim) bool { return k.valid && !denied(k) }, false},
	} {
		s, err := selectOf(valueZ, tag, claims, way.eligible)
		if err == nil && way.counted {
			err = s.withoutRest()
		}
		if err != nil {
			return err
		}
		*way.sum += c.honestUnits(&s)
	}
	return nil
}

// withoutRest counts only claims that have a weight.
func (s *selection) withoutRest() (err error) {
	var left []*claim
	for _, k := range s.claims {
		if k.weights[0] > 0 {
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
