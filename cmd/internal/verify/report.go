package verify

import (
	"bytes"
	"cmp"

	"hexspot/radio"
	"hexspot/witness"
)

// origin is what all reports have: who made it, which record it is and when it came.
type origin struct {
	station radio.Station
	id      radio.RecordID
	receive witness.Millis
}

// beaconReport is a beacon record.
type beaconReport struct {
	origin
	body    witness.Beacon
	related relation
}

// heardReport is one observation of a witness record.
type heardReport struct {
	origin
	index uint32
	body  witness.Observation
}

// compare is the order of arrival.
func (o origin) compare(p origin) int {
	return cmp.Or(cmp.Compare(o.receive, p.receive), bytes.Compare(o.id[:], p.id[:]))
}

func (h heardReport) compare(o heardReport) int {
	return cmp.Or(h.origin.compare(o.origin), cmp.Compare(h.index, o.index))
}

// group is what was reported of one tag in one epoch.
type group struct {
	beacons []beaconReport
	heard   []heardReport
}

// groupName tells groups apart. The epoch is the reports' own; late are those that came
// when it was frozen.
type groupName struct {
	tag  witness.Tag
	own  witness.Epoch
	late bool
}

func (n groupName) compare(o groupName) int {
	return cmp.Or(bytes.Compare(n.tag[:], o.tag[:]), cmp.Compare(n.own, o.own), cmp.Compare(n.order(), o.order()))
}

// order has what came in time before what did not.
func (n groupName) order() int {
	if n.late {
		return 1
	}
	return 0
}
