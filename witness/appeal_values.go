package witness

import (
	"cmp"
	"slices"

	"hexspot/radio"
)

// chainValues is the entropy that an appeal brings with it: anchors, which the network has
// signed, and values that lead to them, those of higher revision first.
type chainValues []chainTrail

type chainTrail struct {
	anchor Anchor
	trail  *Trail
}

// chainValuesOf takes anchors and values, and says how many are of no use: what the network
// has not signed, and values that lead to no anchor.
func chainValuesOf(network radio.Network, f AppealFile) (all chainValues, useless int64) {
	for _, s := range f.Anchors {
		a, err := OpenAnchor(s, network)
		if err != nil {
			useless++
			continue
		}
		all = append(all, chainTrail{a, NewTrail(network, a)})
	}
	slices.SortStableFunc(all, func(a, b chainTrail) int { return cmp.Compare(b.anchor.Revision, a.anchor.Revision) })
	for _, v := range f.Values {
		if !all.learn(v) {
			useless++
		}
	}
	return all, useless
}

func (all chainValues) learn(v Value) bool {
	for _, c := range all {
		if c.anchor.Revision == v.Revision && c.anchor.Covers(v.Slot) {
			return c.trail.Learn(v.Slot, v.Entropy) == nil
		}
	}
	return false
}

// ingests are those that an anchor lists.
func (all chainValues) ingests() (list []radio.Station) {
	for _, c := range all {
		list = append(list, c.anchor.Ingests...)
	}
	return list
}

// at is the value of a slot, of the anchor that serves it.
func (all chainValues) at(k Slot) (Entropy, bool) {
	for _, c := range all {
		if c.anchor.Covers(k) {
			return c.trail.Value(k)
		}
	}
	return Entropy{}, false
}
