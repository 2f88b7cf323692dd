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
	Frequency radio.Hertz     // centre of the plan's channel
	SF        uint32          // as stated: any number may stand here
	Conducted radio.DBm       // really used, at the antenna connector
	Counter   uint32          // of the concentrator in microseconds, at the start of emission
	Sent      Millis          // start of emission
}

// Append appends the canonical encoding.
func (c Beacon) Append(b []byte) []byte {
	b = appendUint(b, 1, c.Slot)
	b = appendBytes(b, 2, c.Signature[:])
	return c.emission().append(b)
}

// ParseBeacon reads a canonical body. Append gives the same bytes. Whether the
// values are in range is CheckRange's to say.
func ParseBeacon(b []byte) (Beacon, error) {
	r := reader{rest: b}
	var c Beacon
	c.Slot = Slot(r.uint64(1, "slot"))
	r.fixed(2, "sig", c.Signature[:])
	e := readEmission(&r)
	c.Frequency, c.SF, c.Conducted, c.Counter, c.Sent = e.frequency, e.sf, e.conducted, e.counter, e.sent
	if err := r.end(); err != nil {
		return Beacon{}, fmt.Errorf("beacon: %w", err)
	}
	return c, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is. An
// ingest refuses such a record; in a bundle it is the verdict `range`.
func (c Beacon) CheckRange() error { return c.emission().check("beacon", c.Slot) }

func (c Beacon) emission() emission {
	return emission{c.Frequency, c.SF, c.Conducted, c.Counter, c.Sent}
}

// emission is fields 3 to 7 of the messages Beacon and Discovery.
type emission struct {
	frequency radio.Hertz
	sf        uint32
	conducted radio.DBm
	counter   uint32
	sent      Millis
}

func (e emission) append(b []byte) []byte {
	b = appendUint(b, 3, e.frequency)
	b = appendUint(b, 4, e.sf)
	b = appendSint(b, 5, e.conducted)
	b = appendUint(b, 6, e.counter)
	return appendUint(b, 7, e.sent)
}

func readEmission(r *reader) emission {
	return emission{
		frequency: radio.Hertz(r.uint32(3, "frequency_hz")),
		sf:        r.uint32(4, "sf"),
		conducted: radio.DBm(r.sint32(5, "conducted")),
		counter:   r.uint32(6, "counter_us"),
		sent:      Millis(r.uint64(7, "sent_ms")),
	}
}

func (e emission) check(record string, slot Slot) error {
	err := firstFault(
		slotBound("slot", slot),
		frequencyBound(e.frequency),
		levelBound("conducted", e.conducted),
		timeBound("sent_ms", e.sent),
	)
	if err != nil {
		return fmt.Errorf("%s: %w", record, err)
	}
	return nil
}
