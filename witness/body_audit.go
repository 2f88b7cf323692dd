package witness

import (
	"fmt"

	"hexspot/radio"
)

// Audit is the body of an `audit` record: the network appoints a station whose reports of
// some slots count as its own (docs/protocol.md, "Appeals"). The network's key signs it.
type Audit struct {
	Station radio.Station
	From    Slot // first
	To      Slot // first after
}

// Append appends the canonical encoding.
func (a Audit) Append(b []byte) []byte {
	b = appendBytes(b, 1, a.Station.Bytes())
	b = appendUint(b, 2, a.From)
	return appendUint(b, 3, a.To)
}

// ParseAudit reads a canonical body. Append gives the same bytes. Whether the values are
// in range is CheckRange's to say.
func ParseAudit(b []byte) (Audit, error) {
	r := reader{rest: b}
	var station [radio.StationSize]byte
	r.fixed(1, "station", station[:])
	a := Audit{From: Slot(r.uint64(2, "from")), To: Slot(r.uint64(3, "to"))}
	err := r.end()
	if err == nil {
		a.Station, err = radio.StationFromBytes(station[:])
	}
	if err != nil {
		return Audit{}, fmt.Errorf("audit: %w", err)
	}
	return a, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (a Audit) CheckRange() error {
	if err := firstFault(
		bound{"from", a.From < a.To, "less than to"},
		bound{"to", a.To <= maxSlot, "at most 2^40"},
	); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Covers says whether a slot is one of the audit's.
func (a Audit) Covers(k Slot) bool { return a.From <= k && k < a.To }
