package gateway

import (
	"maps"
	"sync"

	"hexspot/radio"
)

// Totals count what a gateway has heard since it started. They only grow; the
// difference of two is what happened in between.
type Totals struct {
	Received      uint64 // uplinks of any kind, CRC good or not
	ReceivedOK    uint64 // of those with a good CRC
	PerOutcome    [outcomes]uint64
	PerFrequency  map[radio.Hertz]uint64      // of those with a good CRC
	PerModulation map[radio.Modulation]uint64 // of those with a good CRC
}

// Since is what was counted after earlier, which is of the same gateway.
func (t Totals) Since(earlier Totals) Totals {
	t.Received -= earlier.Received
	t.ReceivedOK -= earlier.ReceivedOK
	for i := range t.PerOutcome {
		t.PerOutcome[i] -= earlier.PerOutcome[i]
	}
	t.PerFrequency = since(t.PerFrequency, earlier.PerFrequency)
	t.PerModulation = since(t.PerModulation, earlier.PerModulation)
	return t
}

func since[K comparable](now, earlier map[K]uint64) map[K]uint64 {
	grown := make(map[K]uint64)
	for key, count := range now {
		if count > earlier[key] {
			grown[key] = count - earlier[key]
		}
	}
	return grown
}

// Statistics count. They may be read while a router counts; make them with
// NewStatistics. A gateway hears on at most ten channels, so the maps stay small.
type Statistics struct {
	mu     sync.Mutex
	totals Totals
}

// NewStatistics starts at zero.
func NewStatistics() *Statistics {
	return &Statistics{totals: Totals{
		PerFrequency:  make(map[radio.Hertz]uint64),
		PerModulation: make(map[radio.Modulation]uint64),
	}}
}

// Totals are the counts now.
func (s *Statistics) Totals() Totals {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.totals
	t.PerFrequency = maps.Clone(t.PerFrequency)
	t.PerModulation = maps.Clone(t.PerModulation)
	return t
}

func (s *Statistics) count(u *radio.Uplink, o Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.totals.Received++
	s.totals.PerOutcome[o]++
	if u.CRC == radio.CRCOK {
		s.totals.ReceivedOK++
		s.totals.PerFrequency[u.Frequency]++
		s.totals.PerModulation[u.Modulation]++
	}
}
