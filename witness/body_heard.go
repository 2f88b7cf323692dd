package witness

import (
	"fmt"

	"hexspot/coverage"
	"hexspot/radio"
)

// HeardBy is what the network tells a station of one of its discovery beacons: who
// heard it, and how. It is no record: nobody signs it, and nothing is paid for it
// (docs/protocol.md, "Discovery beacons").
type HeardBy struct {
	Station     radio.Station // that heard it
	Observation Observation
	Distance    coverage.Millimetres // of the published centres of both sites; only if HasDistance
	HasDistance bool
}

// Between is h with the distance of two places, if they are near enough to have one.
func (h HeardBy) Between(a, b coverage.Position) HeardBy {
	h.Distance, h.HasDistance = distance(a, b)
	return h
}

// Append appends the canonical encoding.
func (h HeardBy) Append(b []byte) []byte {
	b = appendBytes(b, 1, h.Station.Bytes())
	b = appendBytes(b, 2, h.Observation.append(nil))
	if h.HasDistance {
		b = appendPresent(b, 3, uint64(h.Distance))
	}
	return b
}

// ParseHeardBy reads a canonical message about a discovery beacon, with values in
// range. Append gives the same bytes.
func ParseHeardBy(b []byte) (HeardBy, error) {
	h, err := parseHeardBy(b)
	if err != nil {
		return HeardBy{}, fmt.Errorf("heard_by: %w", err)
	}
	return h, nil
}

func parseHeardBy(b []byte) (h HeardBy, err error) {
	r := reader{rest: b}
	station := r.piece(1, "station")
	observation := r.piece(2, "observation")
	distance, ok := r.optional(3, "distance_mm", uint64(farthest)*4) // more than any that there is
	h.Distance, h.HasDistance = coverage.Millimetres(distance), ok
	if err := r.end(); err != nil {
		return h, err
	}
	if h.Station, err = radio.StationFromBytes(station); err != nil {
		return h, err
	}
	if h.Observation, err = parseObservation(observation); err != nil {
		return h, err
	}
	if err := firstFault(bound{"frame", h.Observation.Frame.Type == FrameDiscovery, "2"}); err != nil {
		return h, err
	}
	return h, h.Observation.CheckRange()
}
