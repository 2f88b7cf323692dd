package verify

import (
	"errors"

	"hexspot/radio"
	"hexspot/witness"
)

// What decides on the epoch of a record (protocol hexspot/1, "Ranges").
const (
	maxSlot = 1 << 40
	maxTime = 1 << 53
)

// reading turns records into reports.
type reading struct {
	network radio.Network
	timing  witness.Timing
	known   *radio.Stations
}

// parsed is a record that was read, before its signature is verified.
type parsed struct {
	signed  radio.Signed
	id      radio.RecordID
	receive witness.Millis
	own     witness.Epoch // of its slots
	beacon  witness.Beacon
	batch   witness.Batch // empty: a beacon
}

// parse reads a beacon or witness record. It does not look at the signature. A body
// out of range is none of its business but for what decides on the epoch: no epoch has
// such a record, so it is the drop `range`. The rest is the verdict `range`.
func (r reading) parse(record Record) (parsed, error) {
	if record.Stamp < 0 || record.Stamp >= maxTime {
		return parsed{}, DropRange
	}
	signed, err := r.known.ParseSigned(record.Message)
	if err != nil {
		return parsed{}, DropEncoding
	}
	if string(signed.Kind) != record.Kind {
		return parsed{}, DropKind
	}
	p := parsed{signed: signed, receive: record.Stamp}
	if err := p.readBody(r.timing); err != nil {
		return parsed{}, err
	}
	p.id = signed.ID(r.network)
	return p, nil
}

func (p *parsed) readBody(t witness.Timing) (err error) {
	switch p.signed.Kind {
	case radio.KindBeacon:
		p.beacon, err = witness.ParseBeacon(p.signed.Body)
		p.own = t.Epoch(p.beacon.Slot)
	case radio.KindWitness:
		p.batch, err = witness.ParseBatch(p.signed.Body)
		p.own = p.batch.Epoch
	case radio.KindDiscovery:
		return DropDiscovery
	default:
		return DropKind
	}
	switch {
	case errors.Is(err, witness.ErrCount):
		return DropRange
	case err != nil:
		return DropEncoding
	case p.beacon.Slot >= maxSlot || p.own > t.LastEpoch():
		return DropRange
	}
	return nil
}

// epoch is that in whose log the record is.
func (r reading) epoch(p *parsed) witness.Epoch { return r.timing.LogEpoch(p.own, p.receive) }

func (r reading) name(p *parsed, tag witness.Tag) groupName {
	return groupName{tag, p.own, r.epoch(p) != p.own}
}

func (p *parsed) origin() origin { return origin{p.signed.Station, p.id, p.receive} }

// each hands on what a verified record reports, and counts what of it is no case.
func (r reading) each(p *parsed, drops Drops, beacon func(groupName, beaconReport), heard func(groupName, heardReport)) {
	if len(p.batch.Observations) == 0 {
		beacon(r.name(p, witness.TagOf(p.beacon.Signature)), beaconReport{origin: p.origin(), body: p.beacon})
		return
	}
	for i, o := range p.batch.Observations {
		switch {
		case o.Frame.Type == witness.FrameDiscovery:
			drops[DropDiscovery]++
		case o.Frame.Type != witness.FrameBeacon || o.Copies == 0:
			drops[DropFrame]++
		default:
			heard(r.name(p, o.Frame.Tag), heardReport{p.origin(), uint32(i), o})
		}
	}
}
