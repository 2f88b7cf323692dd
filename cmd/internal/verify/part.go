package verify

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"hexspot/witness"
)

// namedGroup is a group with its name and its place in the part's openings.
type namedGroup struct {
	groupName
	*group
	first int // number of its first beacon report in the part
}

// portion is as many groups of a part as are in memory at a time.
type portion struct {
	groups []namedGroup
	drops  Drops
}

// leastPortion is how many bytes of reports are in memory at a time however little memory
// there is.
const leastPortion = 1 << 20

// eachPortion calls work with the groups of a part by name, each report once, without what
// does not count. A part that is too large for the memory is sorted further by the next
// byte of the tag, on disk.
func (r *run) eachPortion(part int, work func(portion) error) error {
	beacons := 0
	d := division{limit: max(r.in.memory(), leastPortion), depth: len(witness.Tag{}), further: sortFurther}
	return d.divide(r.scratch.source(part), 1, r.scratchFile(fmt.Sprintf("portions-%02x", part)), func(items source) error {
		p, err := r.load(part, items)
		if err != nil {
			return err
		}
		for i := range p.groups {
			p.groups[i].first = beacons
			beacons += len(p.groups[i].beacons)
		}
		return work(p)
	})
}

// sortFurther puts items into parts by a later byte of the tag.
func sortFurther(items source, depth int, into *scratch) error {
	in := bufio.NewReaderSize(items.open(), readSize)
	for {
		b, err := nextItem(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := into.Put(int(b[itemTag+depth]), b); err != nil {
			return err
		}
	}
}

// load reads groups.
func (r *run) load(part int, from source) (portion, error) {
	groups := map[groupName]*gathered{}
	of := func(n groupName) *gathered {
		g := groups[n]
		if g == nil {
			g = &gathered{}
			groups[n] = g
		}
		return g
	}
	err := items(from.open(), r.stations, func(n groupName, b beaconReport) {
		of(n).addBeacon(b)
	}, func(n groupName, h heardReport) {
		of(n).addHeard(h)
	})
	if err != nil {
		return portion{}, err
	}
	p := portion{make([]namedGroup, 0, len(groups)), Drops{}}
	for n, g := range groups {
		g.settle(p.drops)
		p.groups = append(p.groups, namedGroup{n, &g.group, 0})
	}
	if err := r.limit.apply(part, &p); err != nil {
		return portion{}, err
	}
	if err := r.relateAll(part, p.groups); err != nil {
		return portion{}, err
	}
	p.groups = slices.DeleteFunc(p.groups, func(g namedGroup) bool { return len(g.beacons)+len(g.heard) == 0 })
	slices.SortFunc(p.groups, func(a, b namedGroup) int { return a.groupName.compare(b.groupName) })
	return p, nil
}
