package simulate

import (
	"cmp"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Record is one signed record with the time the network received it.
type Record struct {
	Signed  radio.Signed
	Receive witness.Millis
}

// pack puts observations into reports as a hotspot does: full at 32, or hold_ms after
// the first. Signed records are handed to keep, which may be nil.
func (d *day) pack(keep func(Record) error) error {
	slices.SortFunc(d.heard, func(a, b heard) int {
		return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.seen.Heard, b.seen.Heard), slices.Compare(a.seen.Frame.Tag[:], b.seen.Frame.Tag[:]))
	})
	for from := 0; from < len(d.heard); {
		to := from + 1
		for to < len(d.heard) && to-from < witness.MaxObservations && d.heard[to].by == d.heard[from].by &&
			d.heard[to].seen.Heard < d.heard[from].seen.Heard+d.world.timing.Hold {
			to++
		}
		if err := d.packBatch(d.heard[from:to], from, keep); err != nil {
			return err
		}
		from = to
	}
	return d.packBeacons(keep)
}

func (d *day) packBatch(part []heard, number int, keep func(Record) error) error {
	w, s := d.world, &d.world.stations[part[0].by]
	receive := part[len(part)-1].seen.Heard + 2_000
	if len(part) < witness.MaxObservations {
		receive = max(receive, part[0].seen.Heard+w.timing.Hold+1_500)
	}
	id := nameOf(s, d.epoch, 'w', uint64(number))
	if keep != nil {
		batch := witness.Batch{Epoch: d.epoch}
		for i := range part {
			batch.Observations = append(batch.Observations, part[i].seen)
		}
		record, err := radio.Sign(s.key, w.network, radio.KindWitness, batch.Append(nil))
		if err != nil {
			return err
		}
		id = record.ID(w.network)
		if err := keep(Record{record, receive}); err != nil {
			return err
		}
	}
	for i := range part {
		part[i].id, part[i].index, part[i].receive = id, uint32(i), receive
	}
	return nil
}

func (d *day) packBeacons(keep func(Record) error) error {
	if keep == nil {
		return nil
	}
	for k := range d.sent {
		b := &d.sent[k]
		if b.hidden {
			continue
		}
		for i := range b.reports {
			record, err := radio.Sign(d.world.stations[b.by].key, d.world.network, radio.KindBeacon, b.reports[i].body.Append(nil))
			if err != nil {
				return err
			}
			b.reports[i].id = record.ID(d.world.network)
			if err := keep(Record{record, b.reports[i].receive}); err != nil {
				return err
			}
		}
	}
	return nil
}
