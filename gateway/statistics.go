package gateway

import (
	"maps"
	"sync"

	"hexspot/radio"
)

// Totals count what a gateway has heard and sent since it started. The counts only
// grow; the difference of two is what happened in between.
type Totals struct {
	Received      uint64 // uplinks of any kind, CRC good or not
	ReceivedOK    uint64 // of those with a good CRC
	PerOutcome    [outcomes]uint64
	PerFrequency  map[radio.Hertz]uint64      // of those with a good CRC
	PerModulation map[radio.Modulation]uint64 // of those with a good CRC

	Downlinks         uint64                           // commands to transmit
	Emitted           uint64                           // of those that were on the air as a whole
	EmittedFrequency  map[radio.Hertz]uint64           // of those emitted
	EmittedModulation map[radio.Modulation]uint64      // of those emitted
	PerStatus         map[radio.TxStatus]uint64        // of commands: OK, or how the last item tried was refused
	PerEmission       map[radio.EmissionOutcome]uint64 // of accepted commands that have ended

	DutyCycle []DutyCycle // at the time of reading
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
	t.Downlinks -= earlier.Downlinks
	t.Emitted -= earlier.Emitted
	t.EmittedFrequency = since(t.EmittedFrequency, earlier.EmittedFrequency)
	t.EmittedModulation = since(t.EmittedModulation, earlier.EmittedModulation)
	t.PerStatus = since(t.PerStatus, earlier.PerStatus)
	t.PerEmission = since(t.PerEmission, earlier.PerEmission)
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

// Statistics count. They may be read while a router and a transmitter count; make
// them with NewStatistics. A gateway hears on at most ten channels, so those maps
// stay small; a network chooses freely where it sends, so those are bounded.
type Statistics struct {
	mu        sync.Mutex
	totals    Totals
	dutyCycle func() []DutyCycle // nil without a transmitter
}

// mostKinds is how many frequencies, and how many modulations, of emissions are
// told apart; what comes beyond is in Emitted only.
const mostKinds = 256

// NewStatistics starts at zero.
func NewStatistics() *Statistics {
	return &Statistics{totals: Totals{
		PerFrequency:  make(map[radio.Hertz]uint64),
		PerModulation: make(map[radio.Modulation]uint64),

		EmittedFrequency:  make(map[radio.Hertz]uint64),
		EmittedModulation: make(map[radio.Modulation]uint64),
		PerStatus:         make(map[radio.TxStatus]uint64),
		PerEmission:       make(map[radio.EmissionOutcome]uint64),
	}}
}

// Totals are the counts now.
func (s *Statistics) Totals() Totals {
	t, dutyCycle := s.snapshot()
	if dutyCycle != nil {
		t.DutyCycle = dutyCycle()
	}
	return t
}

func (s *Statistics) snapshot() (Totals, func() []DutyCycle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.totals
	t.PerFrequency = maps.Clone(t.PerFrequency)
	t.PerModulation = maps.Clone(t.PerModulation)
	t.EmittedFrequency = maps.Clone(t.EmittedFrequency)
	t.EmittedModulation = maps.Clone(t.EmittedModulation)
	t.PerStatus = maps.Clone(t.PerStatus)
	t.PerEmission = maps.Clone(t.PerEmission)
	return t, s.dutyCycle
}

// measure makes a transmitter the one whose duty cycle is told.
func (s *Statistics) measure(dutyCycle func() []DutyCycle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dutyCycle = dutyCycle
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

func (s *Statistics) answered(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.totals.Downlinks++
	s.totals.PerStatus[a.Status()]++
}

func (s *Statistics) reported(r Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.totals.PerEmission[r.Emission.Outcome]++
	if r.Emission.Outcome == radio.Emitted {
		s.totals.Emitted++
		countKind(s.totals.EmittedFrequency, r.Downlink.Frequency)
		countKind(s.totals.EmittedModulation, r.Downlink.Modulation)
	}
}

func countKind[K comparable](counts map[K]uint64, kind K) {
	if _, known := counts[kind]; known || len(counts) < mostKinds {
		counts[kind]++
	}
}
