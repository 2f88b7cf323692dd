package witness

import "fmt"

// Discovery is the body of a `discovery` record: a station announces a discovery
// beacon before it sends it (protocol hexspot/1, "Discovery beacon"). OnAir is what is
// planned; its counter is 0 if it is not known before.
type Discovery struct {
	Slot   Slot
	Random Tag // the 18 bytes on air
	OnAir
}

// Append appends the canonical encoding.
func (d Discovery) Append(b []byte) []byte {
	b = appendUint(b, 1, d.Slot)
	b = appendBytes(b, 2, d.Random[:])
	return d.OnAir.append(b)
}

// ParseDiscovery reads a canonical body. Append gives the same bytes. Whether the
// values are in range is CheckRange's to say.
func ParseDiscovery(b []byte) (Discovery, error) {
	var d Discovery
	var err error
	d.Slot, d.OnAir, err = readSent(b, "random", d.Random[:])
	if err != nil {
		return Discovery{}, fmt.Errorf("discovery: %w", err)
	}
	return d, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (d Discovery) CheckRange() error {
	if err := d.OnAir.check(d.Slot); err != nil {
		return fmt.Errorf("discovery: %w", err)
	}
	return nil
}
