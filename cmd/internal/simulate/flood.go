package simulate

import (
	"crypto/sha256"
	"encoding/binary"

	"hexspot/witness"
)

// What a flooder adds to an epoch.
const (
	floodBeacons      = 8
	floodObservations = 96
)

// flood adds beacons that are not due, heard by the flooder alone, and observations of
// frames that nobody sent.
func (d *day) flood() error {
	for i := range d.world.stations {
		if d.world.stations[i].kind != Flooder {
			continue
		}
		used := map[witness.Slot]bool{}
		for n := range floodBeacons + floodObservations {
			slot := d.freeSlot(used, i, n)
			if err := d.addJunk(i, n, slot, n >= floodBeacons); err != nil {
				return err
			}
		}
	}
	return nil
}

// freeSlot is one in which the flooder has sent nothing yet: a slot has one tag of a
// station.
func (d *day) freeSlot(used map[witness.Slot]bool, i, n int) witness.Slot {
	slots := d.world.timing.EpochSlots
	from := witness.Slot(d.epoch) * slots
	k := witness.Slot(uint64(d.moment('x', i, n)) % uint64(slots))
	for used[from+k] || d.dueOf(i, from+k) == from+k {
		k = (k + 1) % slots
	}
	used[from+k] = true
	return from + k
}

func (d *day) addJunk(i, n int, slot witness.Slot, orphan bool) error {
	w := d.world
	roll := d.moment('x', i, n)
	value, _ := d.chain.Value(slot)
	lot := witness.Lot{Network: w.network, Station: w.stations[i].id, Entropy: value}
	drawn, err := w.timing.DrawBeacon(slot, lot, w.plan)
	if err != nil {
		return err
	}
	s := sent{by: i, slot: slot, due: d.dueOf(i, slot), drawn: drawn, mark: witness.MarkOf(w.network, value), hidden: orphan}
	if orphan {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("junk"), uint64(roll)))
		s.tag = witness.Tag(sum[:])
		d.heard = append(d.heard, heard{by: i, on: len(d.sent), lie: true, seen: invented(&s, roll)})
	} else if s.tag, s.opening, s.opens, err = d.open(&w.stations[i], lot, slot); err != nil {
		return err
	}
	s.reports = d.reportsOf(&s)
	d.sent = append(d.sent, s)
	return nil
}

// invented is an observation of a frame that was never on the air.
func invented(s *sent, roll chance) witness.Observation {
	return witness.Observation{
		Frame:     witness.Frame{Type: witness.FrameBeacon, Mark: s.mark, Tag: s.tag},
		Frequency: s.drawn.Frequency, SF: uint32(s.drawn.SF), ChannelRSSI: -11_000, SNR: 200,
		Counter: uint32(roll), Heard: s.drawn.Start + 400, Copies: 1,
	}
}

func (d *day) dueOf(i int, slot witness.Slot) witness.Slot {
	w := d.world
	k0 := w.timing.WindowStart(slot)
	value, _ := d.chain.Value(k0)
	return w.timing.DueSlot(k0, witness.Lot{Network: w.network, Station: w.stations[i].id, Entropy: value})
}
