package witness

import (
	"fmt"

	"hexspot/radio"
)

// Beacon is the body of a `beacon` record: the report of the station that sent
// the beacon, which opens its tag (protocol hexspot/1, "Reports").
type Beacon struct {
	Slot      Slot
	Signature radio.Signature // opens the tag
	OnAir
}

// Append appends the canonical encoding.
func (c Beacon) Append(b []byte) []byte {
	b = appendUint(b, 1, c.Slot)
	b = appendBytes(b, 2, c.Signature[:])
	return c.OnAir.append(b)
}

// ParseBeacon reads a canonical body. Append gives the same bytes. Whether the
// values are in range is CheckRange's to say.
func ParseBeacon(b []byte) (Beacon, error) {
	var c Beacon
	var err error
	c.Slot, c.OnAir, err = readSent(b, "sig", c.Signature[:])
	if err != nil {
		return Beacon{}, fmt.Errorf("beacon: %w", err)
	}
	return c, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is. An
// ingest refuses such a record; in a bundle it is the verdict `range`.
func (c Beacon) CheckRange() error {
	if err := c.OnAir.check(c.Slot); err != nil {
		return fmt.Errorf("beacon: %w", err)
	}
	return nil
}
