package verify

import (
	"errors"

	"hexspot/radio"
	"hexspot/witness"
)

// Reported gives the ids of the reports that are in an epoch's log: of those that get a verdict, and
// of those that have a receipt and none, such as discovery beacons. What a verification drops because
// nobody can have a receipt of it, such as a record with a wrong signature, is no report.
func Reported(network radio.Network, timing witness.Timing, epoch witness.Epoch) func(Record) (radio.RecordID, bool) {
	r := reading{network, timing, &radio.Stations{}}
	return func(record Record) (radio.RecordID, bool) {
		p, err := r.parse(record)
		if errors.Is(err, DropDiscovery) {
			p, err = r.parseDiscovery(record)
		}
		if err != nil || r.epoch(&p) != epoch || p.signed.Verify(network) != nil {
			return radio.RecordID{}, false
		}
		return p.id, true
	}
}

// parseDiscovery reads a discovery record as parse does the others.
func (r reading) parseDiscovery(record Record) (parsed, error) {
	signed, err := r.known.ParseSigned(record.Message)
	if err != nil {
		return parsed{}, DropEncoding
	}
	d, err := witness.ParseDiscovery(signed.Body)
	switch {
	case err != nil:
		return parsed{}, DropEncoding
	case d.Slot >= maxSlot:
		return parsed{}, DropRange
	}
	return parsed{signed: signed, id: signed.ID(r.network), receive: record.Stamp, own: r.timing.Epoch(d.Slot)}, nil
}
