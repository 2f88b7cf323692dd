package verify

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// entropy gathers anchors and values, in any order.
type entropy struct {
	network radio.Network
	anchors map[radio.RecordID]journaled
	values  map[witness.Value]witness.Millis // when first published
}

// journaled is an anchor with the time of its journal entry, the first one.
type journaled struct {
	anchor witness.Anchor
	id     radio.RecordID
	at     witness.Millis
	signed radio.Signed
}

func newEntropy(network radio.Network) *entropy {
	return &entropy{network, map[radio.RecordID]journaled{}, map[witness.Value]witness.Millis{}}
}

// addAnchor takes an anchor record.
func (e *entropy) addAnchor(r Record) error {
	if r.Stamp < 0 || r.Stamp >= maxTime {
		return DropRange
	}
	signed, err := radio.ParseSigned(r.Message)
	if err != nil {
		return DropEncoding
	}
	if signed.Kind != radio.KindAnchor {
		return DropKind
	}
	anchor, err := witness.OpenAnchor(signed, e.network)
	if err != nil {
		return DropSignature
	}
	id := signed.ID(e.network)
	if was, ok := e.anchors[id]; !ok || r.Stamp < was.at {
		e.anchors[id] = journaled{anchor, id, r.Stamp, signed}
	}
	return nil
}

// addValue takes a record of values.
func (e *entropy) addValue(r Record) error {
	if r.Stamp < 0 || r.Stamp >= maxTime {
		return DropRange
	}
	values, err := witness.ParseValues(r.Message)
	if err != nil {
		return DropEncoding
	}
	for _, v := range values {
		if at, ok := e.values[v]; !ok || r.Stamp < at {
			e.values[v] = r.Stamp
		}
	}
	return nil
}

// chains are what the entropy gathered so far makes together. It counts anchors that
// cannot serve, and values that lead to none of those that would serve them.
func (e *entropy) chains(drops Drops) chains {
	list := e.sound(drops)
	values := slices.SortedFunc(maps.Keys(e.values), compareValues)
	for _, v := range values {
		covered, led := false, false
		for i := range list {
			c := &list[i]
			if c.anchor.Revision != v.Revision || !c.anchor.Covers(v.Slot) {
				continue
			}
			covered = true
			led = c.learn(v, e.values[v]) || led
		}
		if covered && !led {
			drops[DropValue]++
		}
	}
	for i := range list {
		list[i].settle()
	}
	return list
}

// sound are the anchors that are not void, one of each end and revision: the one that
// was journaled first. They come in the order in which they serve.
func (e *entropy) sound(drops Drops) chains {
	type name struct {
		to       witness.Slot
		revision uint32
	}
	taken := map[name]bool{}
	var list chains
	for _, j := range slices.SortedFunc(maps.Values(e.anchors), compareJournaled) {
		n := name{j.anchor.To, j.anchor.Revision}
		if j.at > j.anchor.Begins() || taken[n] {
			drops[DropAnchor]++
			continue
		}
		taken[n] = true
		c := newChain(e.network, j.anchor)
		c.signed = j.signed
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b chain) int {
		return cmp.Or(cmp.Compare(b.anchor.Revision, a.anchor.Revision), cmp.Compare(a.anchor.To, b.anchor.To))
	})
	return list
}

func compareJournaled(a, b journaled) int {
	return cmp.Or(cmp.Compare(a.at, b.at), bytes.Compare(a.id[:], b.id[:]))
}

func compareValues(a, b witness.Value) int {
	return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Revision, b.Revision), bytes.Compare(a.Entropy[:], b.Entropy[:]))
}
