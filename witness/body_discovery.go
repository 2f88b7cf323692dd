package witness

import (
	"fmt"

	"hexspot/radio"
)

// Discovery is the body of a `discovery` record: a station announces a discovery
// beacon before it sends it (protocol hexspot/1, "Discovery beacon"). Times and
// level are what is planned.
type Discovery struct {
	Slot      Slot
	Random    Tag         // the 18 bytes on air
	Frequency radio.Hertz // centre of the plan's channel
	SF        uint32      // as stated: any number may stand here
	Conducted radio.DBm   // at the antenna connector
	Counter   uint32      // of the concentrator in microseconds, 0 if not known before
	Sent      Millis      // start of emission
}

// Append appends the canonical encoding.
func (d Discovery) Append(b []byte) []byte {
	b = appendUint(b, 1, d.Slot)
	b = appendBytes(b, 2, d.Random[:])
	return d.emission().append(b)
}

// ParseDiscovery reads a canonical body. Append gives the same bytes. Whether the
// values are in range is CheckRange's to say.
func ParseDiscovery(b []byte) (Discovery, error) {
	r := reader{rest: b}
	var d Discovery
	d.Slot = Slot(r.uint64(1, "slot"))
	r.fixed(2, "random", d.Random[:])
	e := readEmission(&r)
	d.Frequency, d.SF, d.Conducted, d.Counter, d.Sent = e.frequency, e.sf, e.conducted, e.counter, e.sent
	if err := r.end(); err != nil {
		return Discovery{}, fmt.Errorf("discovery: %w", err)
	}
	return d, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (d Discovery) CheckRange() error { return d.emission().check("discovery", d.Slot) }

func (d Discovery) emission() emission {
	return emission{d.Frequency, d.SF, d.Conducted, d.Counter, d.Sent}
}
