package verify

import (
	"maps"
	"slices"

	"hexspot/witness"
)

// casesOf are the cases of the groups that are wanted.
func (d *Docket) casesOf(wanted func(groupName, *group) bool) ([]witness.Case, error) {
	f, err := d.ready()
	if err != nil {
		return nil, err
	}
	tags := d.tagLimit()
	var all []witness.Case
	for _, n := range slices.SortedFunc(maps.Keys(d.groups), groupName.compare) {
		if g := d.groups[n]; wanted(n, g) {
			kept := tags.keep(n, g.few())
			if len(kept.beacons)+len(kept.heard) > 0 {
				all = append(all, f.cases(n, kept, d.opensOf(f, n, kept))...)
			}
		}
	}
	slices.SortStableFunc(all, compareCases)
	return all, nil
}

// ready has the entropy of the moment.
func (d *Docket) ready() (*factory, error) {
	if d.factory == nil {
		f, err := newFactory(d.facts, d.entropy.chains(Drops{}))
		if err != nil {
			return nil, err
		}
		d.factory = f
	}
	return d.factory, nil
}

func (d *Docket) tagLimit() *tagLimit {
	limit := newTagLimit(d.facts.Timing, d.facts.Parameters.TagLimit())
	for n, g := range d.groups {
		limit.addAll(n, g)
	}
	return limit
}

// opensOf verifies openings, each once; of what came when its epoch was frozen none.
func (d *Docket) opensOf(f *factory, n groupName, g *group) opened {
	opens := make(opened, len(g.beacons))
	if n.late {
		return opens
	}
	for i := range g.beacons {
		b := &g.beacons[i]
		value, known := f.values.at(b.body.Slot)
		if !known {
			continue
		}
		name := openingName{b.id, value.Entropy}
		ok, done := d.opens[name]
		if !done {
			lot := witness.Lot{Network: f.Network, Station: b.station, Entropy: value.Entropy}
			ok = witness.VerifyOpening(lot, b.body.Slot, b.body.Signature) == nil
			d.opens[name] = ok
		}
		opens[i] = ok
	}
	return opens
}
