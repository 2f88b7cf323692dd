package verify

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// tagExcess are the tags that are past the first of their slots, by the parts of the tags:
// what tagLimit finds, of an epoch that need not be in memory. The nil tagExcess has none.
type tagExcess struct {
	timing   witness.Timing
	most     int // tags of a slot that count (Parameters.TagLimit)
	stations *radio.Stations
	past     scratch
}

// excess is a tag that does not count for a station in a slot.
type excess struct {
	tag     witness.Tag
	station uint32
	slot    witness.Slot
}

const (
	excessSize  = 18 + 4 + 8
	suspectSize = excessSize + 8 + 32 + 4 // and the arrival of the observation
)

func (e excess) append(b []byte) []byte {
	b = append(b, e.tag[:]...)
	b = binary.BigEndian.AppendUint32(b, e.station)
	return binary.BigEndian.AppendUint64(b, uint64(e.slot))
}

func (f *fields) excess() excess {
	return excess{witness.Tag(f.take(len(witness.Tag{}))), f.uint32(), witness.Slot(f.uint64())}
}

// limitTags finds those who reported more tags of a slot than count.
func (r *run) limitTags() (err error) {
	if !r.crowd.any(r.p.TagLimit()) {
		return nil
	}
	r.limit = &tagExcess{r.in.Timing, r.p.TagLimit(), r.stations, scratch{path: r.scratchFile("tags"), limit: r.in.memory()}}
	suspects := &scratch{path: r.scratchFile("ears"), limit: r.in.memory()}
	defer func() { err = joinFault(err, suspects.Clear()) }()
	for part := range parts {
		if err := r.suspect(r.scratch.source(part), suspects); err != nil {
			return err
		}
	}
	for part := range parts {
		if err := r.limit.find(suspects.source(part)); err != nil {
			return err
		}
	}
	return nil
}

// suspect puts the observations of stations and slots that may have too many tags into
// parts by station and slot.
func (r *run) suspect(from source, into *scratch) error {
	var fault error
	err := items(from.open(), r.stations, func(groupName, beaconReport) {}, func(n groupName, h heardReport) {
		station, slot := r.stations.Number(h.station), r.in.Timing.SlotAt(h.body.Heard)
		if fault != nil || !r.crowd.suspects(station, slot, r.limit.most) {
			return
		}
		b := excess{n.tag, station, slot}.append(make([]byte, 0, suspectSize))
		b = append(binary.BigEndian.AppendUint64(b, uint64(h.receive)), h.id[:]...)
		fault = into.Put(int((station^uint32(slot))%parts), binary.BigEndian.AppendUint32(b, h.index))
	})
	return joinFault(err, fault)
}

// find looks at all observations of some stations and slots.
func (x *tagExcess) find(from source) error {
	limit := newTagLimit(x.timing, x.most)
	if err := x.suspects(from, limit.add); err != nil {
		return err
	}
	var fault error
	err := x.suspects(from, func(n groupName, h *heardReport) {
		if fault == nil && !limit.keeps(n, h) {
			e := excess{n.tag, x.stations.Number(h.station), x.timing.SlotAt(h.body.Heard)}
			fault = x.past.Put(int(n.tag[0]), e.append(nil))
		}
	})
	return joinFault(err, fault)
}

// suspects reads what suspect wrote, as much of it as a tagLimit asks for.
func (x *tagExcess) suspects(from source, each func(groupName, *heardReport)) error {
	return records(from, suspectSize, func(f *fields) {
		e := f.excess()
		h := heardReport{origin: origin{station: x.stations.At(e.station), receive: witness.Millis(f.uint64())}}
		h.id, h.index = radio.RecordID(f.take(len(h.id))), f.uint32()
		h.body.Heard = x.timing.Start(e.slot)
		each(groupName{tag: e.tag}, &h)
	})
}

// records reads records of one size.
func records(from source, size int, each func(*fields)) error {
	in, b := bufio.NewReaderSize(from.open(), readSize), make([]byte, size)
	for {
		if _, err := io.ReadFull(in, b); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a scratch file: %w", err)
		}
		each(&fields{b})
	}
}

// apply leaves out of a portion what does not count.
func (x *tagExcess) apply(part int, p *portion) error {
	if x == nil || x.past.source(part).size == 0 {
		return nil
	}
	here := map[witness.Tag]bool{}
	for _, g := range p.groups {
		here[g.tag] = true
	}
	past := map[excess]bool{}
	err := records(x.past.source(part), excessSize, func(f *fields) {
		if e := f.excess(); here[e.tag] {
			past[e] = true
		}
	})
	for _, g := range p.groups {
		was := len(g.heard)
		g.heard = slices.DeleteFunc(g.heard, func(h heardReport) bool {
			return past[excess{g.tag, x.stations.Number(h.station), x.timing.SlotAt(h.body.Heard)}]
		})
		if n := was - len(g.heard); n > 0 {
			p.drops[DropTags] += int64(n)
		}
	}
	return err
}
