package ether

import (
	"cmp"
	"time"

	"hexspot/radio"
)

// flight is a signal on its way, with what has been decided about it.
type flight struct {
	Signal
	id    SignalID
	from  *station
	kind  kind
	end   time.Duration
	clean time.Duration // from then on the preamble must be clean for a receiver to lock
	lock  time.Duration // end of the preamble: receivers lock, or do not
	band  band
	power float64 // EIRP in mW
	need  float64 // noise that the weakest level that is received is as strong as, in hertz of it
	salt  uint64  // of its fading

	index    int // in the schedule, -1: not there
	cut      bool
	locked   bool // the end of its preamble is past
	arrivals []outcome
	levels   []float64 // at each concentrator, mW
}

// outcome is an Arrival in the making.
type outcome struct {
	to    *station
	level float64 // mW
	fate  Fate
	by    ID
	lock  bool
}

func (e *Ether) newFlight(s Signal, id SignalID) *flight {
	f := &flight{Signal: s, id: id, from: e.stations[s.From], kind: kindOf(s.Modulation), end: s.end(), index: -1,
		levels: make([]float64, 0, len(e.concentrators))}
	f.clean, f.lock = preamble(s)
	f.band = bandOf(s)
	f.power = milliwatts(s.EIRP.Float())
	f.need = float64(f.band.width()) * ratio(f.kind.least())
	f.salt = mix(mix(mix(e.config.Seed^f.from.salt)+uint64(s.Start)) + uint64(s.Frequency)<<8 + uint64(s.Chain))
	return f
}

// due is when something about it is to be decided.
func (f *flight) due() time.Duration {
	if f.locked {
		return f.end
	}
	return min(f.lock, f.end)
}

// overlaps says whether it is on the air in a span of time.
func (f *flight) overlaps(from, to time.Duration) bool { return max(f.Start, from) < min(f.end, to) }

// order is by start; equal ones go by what they are, not by when they were told of.
func (f *flight) order(g *flight) int {
	if c := cmp.Compare(f.Start, g.Start); c != 0 {
		return c
	}
	return cmp.Or(f.from.compare(g.from), cmp.Compare(f.Chain, g.Chain),
		cmp.Compare(f.Frequency, g.Frequency), cmp.Compare(f.id, g.id))
}

// forget drops flights that ended by an instant.
func forget(list []*flight, by time.Duration) []*flight {
	kept := list[:0]
	for _, f := range list {
		if f.end > by {
			kept = append(kept, f)
		}
	}
	clear(list[len(kept):])
	return kept
}

// schedule is a heap of flights by when they are due.
type schedule []*flight

func (s schedule) Len() int { return len(s) }
func (s schedule) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(s[i].due(), s[j].due()), s[i].order(s[j])) < 0
}
func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

// Push is for package heap.
func (s *schedule) Push(x any) {
	f := x.(*flight)
	f.index = len(*s)
	*s = append(*s, f)
}

// Pop is for package heap.
func (s *schedule) Pop() any {
	last := len(*s) - 1
	f := (*s)[last]
	(*s)[last], *s = nil, (*s)[:last]
	f.index = -1
	return f
}

// What a receiver needs of a preamble: five symbols of LoRa (measured by Bor et
// al., MSWiM 2016), two bytes of FSK (the usual detector size of transceivers).
const (
	loraDetection = 5
	fskDetection  = 2
)

// preamble is when a signal's preamble must be clean: from, to.
func preamble(s Signal) (clean, lock time.Duration) {
	switch m := s.Modulation.(type) {
	case radio.LoRa:
		symbols := cmp.Or(int(m.Preamble), 8)
		lock = s.Start + time.Duration(symbols)*m.SymbolTime()
		clean = lock - time.Duration(min(symbols, loraDetection))*m.SymbolTime()
	case radio.FSK:
		bytes := cmp.Or(int(m.Preamble), 5)
		lock = s.Start + bytesTime(bytes, m.BitRate)
		clean = lock - bytesTime(min(bytes, fskDetection), m.BitRate)
	default:
		return s.Start, s.Start
	}
	return clean, lock
}

func bytesTime(bytes int, bitRate uint32) time.Duration {
	return time.Duration(8*bytes) * time.Second / time.Duration(bitRate)
}
