package verify

import (
	"sync"

	"hexspot/radio"
)

// roster numbers stations, so that reports need not carry keys, which take long to
// check. It is safe for concurrent use.
type roster struct {
	mu       sync.RWMutex
	numbers  map[radio.Station]uint32
	stations []radio.Station
}

func newRoster() *roster { return &roster{numbers: map[radio.Station]uint32{}} }

func (r *roster) number(s radio.Station) uint32 {
	r.mu.RLock()
	n, ok := r.numbers[s]
	r.mu.RUnlock()
	if ok {
		return n
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, ok := r.numbers[s]; ok {
		return n
	}
	n = uint32(len(r.stations))
	r.numbers[s] = n
	r.stations = append(r.stations, s)
	return n
}

// isBelow says whether a station has a number below one; it gives it none.
func (r *roster) isBelow(s radio.Station, most int) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.numbers[s]
	return ok && int(n) < most
}

// station is the one with a number that was given.
func (r *roster) station(n uint32) radio.Station {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.stations[n]
}

func (r *roster) size() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.stations)
}
