package verify

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// namedGroup is a group with its name and its place in the part's openings.
type namedGroup struct {
	groupName
	*group
	first int // number of its first beacon report in the part
}

// load reads a part: its groups by name, each record once, without tags that do not
// count. The drops are those of this part.
func (r *run) load(part int, drops Drops) ([]namedGroup, error) {
	groups, err := r.groups(part)
	if err != nil {
		return nil, err
	}
	list := make([]namedGroup, 0, len(groups))
	beacons := 0
	for n, g := range groups {
		list = append(list, namedGroup{n, r.clean(n, g, drops), 0})
	}
	list = slices.DeleteFunc(list, func(g namedGroup) bool { return len(g.beacons)+len(g.heard) == 0 })
	slices.SortFunc(list, func(a, b namedGroup) int { return a.groupName.compare(b.groupName) })
	for i := range list {
		list[i].first = beacons
		beacons += len(list[i].beacons)
	}
	return list, nil
}

func (r *run) groups(part int) (map[groupName]*group, error) {
	b, err := r.scratch.read(part)
	if err != nil {
		return nil, err
	}
	groups := map[groupName]*group{}
	of := func(n groupName) *group {
		g := groups[n]
		if g == nil {
			g = &group{}
			groups[n] = g
		}
		return g
	}
	err = items(b, r.stations, func(n groupName, b beaconReport) {
		g := of(n)
		g.beacons = append(g.beacons, b)
	}, func(n groupName, h heardReport) {
		g := of(n)
		g.heard = append(g.heard, h)
	})
	return groups, err
}

// clean leaves each report once, in an order that nothing depends on but that is the
// same each time.
func (r *run) clean(n groupName, g *group, drops Drops) *group {
	was := len(g.beacons) + len(g.heard)
	slices.SortFunc(g.beacons, func(a, b beaconReport) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.receive, b.receive))
	})
	slices.SortFunc(g.heard, func(a, b heardReport) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.index, b.index), cmp.Compare(a.receive, b.receive))
	})
	// The first of a report in this order is the one with the least time, which counts.
	g.beacons = slices.CompactFunc(g.beacons, func(a, b beaconReport) bool { return a.id == b.id })
	g.heard = slices.CompactFunc(g.heard, func(a, b heardReport) bool { return a.id == b.id && a.index == b.index })
	if n := was - len(g.beacons) - len(g.heard); n > 0 {
		drops[DropAgain] += int64(n)
	}
	if r.limit == nil {
		return g
	}
	kept := r.limit.keep(n, g)
	if n := len(g.heard) - len(kept.heard); n > 0 {
		drops[DropTags] += int64(n)
	}
	return kept
}

// openAll verifies the openings of a part's beacon reports.
func (r *run) openAll(groups []namedGroup) opened {
	start := time.Now()
	var batch radio.Batch
	var opens opened
	var asked []int
	flush := func() {
		for i, right := range batch.Verify() {
			opens[asked[i]] = right
		}
		asked = asked[:0]
	}
	for _, g := range groups {
		for i := range g.beacons {
			b := &g.beacons[i]
			opens = append(opens, false)
			value, known := r.factory.values.at(b.body.Slot)
			if !known || g.late {
				continue
			}
			lot := witness.Lot{Network: r.in.Network, Station: b.station, Entropy: value.Entropy}
			batch.Add(b.station, witness.OpeningMessage(lot, b.body.Slot), b.body.Signature)
			if asked = append(asked, len(opens)-1); len(asked) == together {
				flush()
			}
		}
	}
	flush()
	r.signing.Add(int64(time.Since(start)))
	return opens
}

// limitTags finds those who reported more tags of a slot than count.
func (r *run) limitTags() error {
	if !r.crowd.any(r.p.TagLimit()) {
		return nil
	}
	r.limit = newTagLimit(r.in.Timing, r.p.TagLimit())
	for part := range parts {
		b, err := r.scratch.read(part)
		if err != nil {
			return err
		}
		err = items(b, r.stations, func(groupName, beaconReport) {}, func(n groupName, h heardReport) {
			if r.crowd.suspects(r.stations.number(h.station), r.in.Timing.SlotAt(h.body.Heard), r.limit.most) {
				r.limit.add(n, &h)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
