package verify

import (
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Docket gathers records into cases, in memory: for live use and small epochs. It may be
// fed with records in any order, and those of several epochs. It is not safe for
// concurrent use.
type Docket struct {
	facts   Facts
	reading reading
	entropy *entropy
	groups  map[groupName]*group
	known   map[radio.RecordID]groupNames
	drops   Drops

	factory *factory // nil: the entropy has changed
	opens   map[openingName]bool
}

// groupNames are the groups that a record's reports are in.
type groupNames struct {
	receive witness.Millis
	names   []groupName
}

// openingName tells openings apart.
type openingName struct {
	id    radio.RecordID
	value witness.Entropy
}

// NewDocket makes a docket without records.
func NewDocket(f Facts) *Docket {
	return &Docket{
		facts: f, reading: reading{f.Network, f.Timing, &radio.Stations{}}, entropy: newEntropy(f.Network),
		groups: map[groupName]*group{}, known: map[radio.RecordID]groupNames{},
		drops: Drops{}, opens: map[openingName]bool{},
	}
}

// Add takes a record. A Drop as the error says why it, or all of it, gets no verdict;
// it is counted.
func (d *Docket) Add(r Record) error {
	err := d.add(r)
	if drop, ok := err.(Drop); ok {
		d.drops[drop]++
	}
	return err
}

func (d *Docket) add(r Record) error {
	switch r.Kind {
	case kindAnchor:
		d.factory = nil
		return d.entropy.addAnchor(r)
	case kindValue:
		d.factory = nil
		return d.entropy.addValue(r)
	case kindBeacon, kindWitness, kindDiscovery:
		return d.addReport(r)
	}
	return DropKind
}

func (d *Docket) addReport(r Record) error {
	p, err := d.reading.parse(r)
	if err != nil {
		return err
	}
	if err := p.signed.Verify(d.facts.Network); err != nil {
		return DropSignature
	}
	if was, ok := d.known[p.id]; ok {
		if p.receive >= was.receive {
			return DropAgain
		}
		d.remove(p.id)
		d.drops[DropAgain]++
	}
	var in []groupName
	d.reading.each(&p, d.drops, func(n groupName, b beaconReport) {
		g := d.group(n)
		g.beacons, in = append(g.beacons, b), append(in, n)
	}, func(n groupName, h heardReport) {
		g := d.group(n)
		g.heard, in = append(g.heard, h), append(in, n)
	})
	d.known[p.id] = groupNames{p.receive, in}
	return nil
}

func (d *Docket) group(n groupName) *group {
	g := d.groups[n]
	if g == nil {
		g = &group{}
		d.groups[n] = g
	}
	return g
}

func (d *Docket) remove(id radio.RecordID) {
	for _, n := range d.known[id].names {
		g := d.group(n)
		g.beacons = slices.DeleteFunc(g.beacons, func(b beaconReport) bool { return b.id == id })
		g.heard = slices.DeleteFunc(g.heard, func(h heardReport) bool { return h.id == id })
		if len(g.beacons)+len(g.heard) == 0 {
			delete(d.groups, n)
		}
	}
	delete(d.known, id)
}

// Drops counts what got no verdict so far, without observations past the tags of a slot
// and anchors and values that do not serve: Epoch counts those.
func (d *Docket) Drops() Drops {
	drops := Drops{}
	drops.add(d.drops)
	return drops
}

// Cases are those of all records, sorted by tag and slot.
func (d *Docket) Cases() ([]witness.Case, error) {
	return d.casesOf(func(groupName, *group) bool { return true })
}

// Forget drops what belongs to epochs before one.
func (d *Docket) Forget(before witness.Epoch) {
	for id, in := range d.known {
		if len(in.names) == 0 || in.names[0].own < before {
			d.remove(id)
		}
	}
	for id, j := range d.entropy.anchors {
		if d.facts.Timing.Epoch(j.anchor.To-1) < before {
			delete(d.entropy.anchors, id)
		}
	}
	for v := range d.entropy.values {
		if d.facts.Timing.Epoch(v.Slot) < before {
			delete(d.entropy.values, v)
		}
	}
	d.factory, d.opens = nil, map[openingName]bool{}
}
