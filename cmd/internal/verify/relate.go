package verify

import (
	"context"
	"encoding/binary"

	"hexspot/radio"
	"hexspot/witness"
)

// What a beacon report is related to are the other reports of its station, whose tags are in
// other parts. So each is written twice: with its part, and in a drawer with those of its
// station. Drawer by drawer a witness.BeaconIndex says what the rules ask for, and that
// goes back to the parts.

// relation is what is known of a beacon report by others of its station.
type relation struct {
	known  bool
	others int   // reports in its window
	before int64 // when the one before came, negative: none
}

// Sizes on disk, fixed fields, big-endian: a report's station, the first byte of its tag, its
// window, time of arrival and id; the id, time of arrival, others and before of a relation.
const (
	keptBeaconSize = 4 + 1 + 8 + 8 + 32
	relationSize   = 32 + 8 + 4 + 8
)

// drawerOf is the drawer of a station.
func drawerOf(station uint32) int { return int(station % parts) }

// keepBeacon puts a report into the drawer of its station.
func (r *run) keepBeacon(h *harvest, station uint32, b *beaconReport) {
	into := &h.beacons[drawerOf(station)]
	*into = append(binary.BigEndian.AppendUint32(*into, station), witness.TagOf(b.body.Signature)[0])
	*into = binary.BigEndian.AppendUint64(*into, r.in.Timing.Window(b.body.Slot))
	*into = append(binary.BigEndian.AppendUint64(*into, uint64(b.receive)), b.id[:]...)
}

// keptBeacon reads a report, and is as much of a case as a BeaconIndex asks for.
func (r *run) keptBeacon(f *fields) (part byte, c witness.Case) {
	number := f.uint32()
	part = f.byte()
	c.Window = f.uint64()
	b := witness.BeaconFacts{Station: r.stations.At(number), Receive: int64(f.uint64()), ID: radio.RecordID(f.take(32))}
	b.Site.Known = int(number) < len(r.sites)
	c.Beacons = []witness.BeaconFacts{b}
	return part, c
}

// relate works out what is known of each beacon report by others of its station.
func (r *run) relate(ctx context.Context) error {
	r.reported = make([]int64, r.stations.Len())
	if err := r.eachPart(ctx, r.relateDrawer); err != nil {
		return err
	}
	return joinFault(r.related.rest(), r.beacons.Clear())
}

func (r *run) relateDrawer(drawer int) error {
	from := r.beacons.source(drawer)
	if from.size == 0 {
		return nil
	}
	index := witness.NewBeaconIndex()
	err := records(from, keptBeaconSize, func(f *fields) {
		_, c := r.keptBeacon(f)
		index.Add(&c)
	})
	if err != nil {
		return err
	}
	var fault error
	err = records(from, keptBeaconSize, func(f *fields) {
		part, c := r.keptBeacon(f)
		if fault == nil {
			b := index.Relate(c, r.eventsBefore).Beacons[0]
			fault = r.related.Put(int(part), appendRelation(nil, &b))
		}
	})
	index.Last(r.p.Set, func(s radio.Station, receive int64) { r.reported[r.stations.Number(s)] = receive })
	return joinFault(err, fault)
}

func appendRelation(b []byte, of *witness.BeaconFacts) []byte {
	b = binary.BigEndian.AppendUint64(append(b, of.ID[:]...), uint64(of.Receive))
	b = binary.BigEndian.AppendUint32(b, uint32(of.OthersInWindow))
	return binary.BigEndian.AppendUint64(b, uint64(of.Before))
}

// relateAll enters the relations of the reports of a portion. Of a record that came again that
// counts which came first, as it does for the record.
func (r *run) relateAll(part int, groups []namedGroup) error {
	asked := map[radio.RecordID]*beaconReport{}
	for _, g := range groups {
		for i := range g.beacons {
			if !g.late {
				asked[g.beacons[i].id] = &g.beacons[i]
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return records(r.related.source(part), relationSize, func(f *fields) {
		id, receive := radio.RecordID(f.take(32)), witness.Millis(f.uint64())
		others, before := int(f.uint32()), int64(f.uint64())
		if b := asked[id]; b != nil && b.receive == receive {
			b.related = relation{true, others, before}
		}
	})
}
