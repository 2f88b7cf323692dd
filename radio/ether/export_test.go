package ether

// Held is how many signals and windows an air remembers.
func (e *Ether) Held() int {
	n := len(e.air) + len(e.flights) + len(e.open)
	for _, l := range e.windows {
		n += len(l.list)
	}
	for _, s := range e.stations {
		n += len(s.sent) + len(s.locked)
	}
	return n
}
