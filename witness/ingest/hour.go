package ingest

import (
	"cmp"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// Hour is the window in which discovery records are counted.
const Hour witness.Millis = 3_600_000

// hours counts the discovery records of each station that arrived in the last hour, so that no
// hour has more than are allowed, whenever it begins (protocol hexspot/1, "Discovery beacon"). It
// keeps at most that many of a station, and nothing of one that was silent for an hour.
type hours struct {
	most int

	mu    sync.Mutex
	taken map[radio.Station][]arrival // rising
	sweep int                         // forget the silent when there are so many
}

// arrival is a record with the time it was first taken.
type arrival struct {
	id radio.RecordID
	at witness.Millis
}

func newHours(most int) *hours {
	return &hours{most: most, taken: make(map[radio.Station][]arrival), sweep: leastSweep}
}

// allow counts a record unless the hour is full. One that comes again counts once.
func (h *hours) allow(s radio.Station, id radio.RecordID, now witness.Millis) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := slices.DeleteFunc(h.taken[s], func(a arrival) bool { return a.over(now) })
	if slices.ContainsFunc(list, func(a arrival) bool { return a.id == id }) {
		h.taken[s] = list
		return true
	}
	if len(list) == 0 {
		h.forget(now)
	}
	if len(list) >= h.most {
		h.taken[s] = list
		return false
	}
	h.taken[s] = append(list, arrival{id, now})
	return true
}

// add counts a record that was taken before, at a time that is not after now. What is more than
// an hour may have pushes out the oldest: no answer depends on those.
func (h *hours) add(s radio.Station, a arrival, now witness.Millis) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.taken[s]
	if a.over(now) || slices.ContainsFunc(list, func(b arrival) bool { return a.id == b.id }) {
		return
	}
	if len(list) == 0 {
		h.forget(now)
	}
	at, _ := slices.BinarySearchFunc(list, a, func(b, a arrival) int { return cmp.Compare(b.at, a.at) })
	list = slices.Insert(list, at, a)
	h.taken[s] = list[max(0, len(list)-h.most):]
}

func (a arrival) over(now witness.Millis) bool { return a.at <= now-Hour }

// forget drops stations whose hour is empty.
func (h *hours) forget(now witness.Millis) {
	if len(h.taken) < h.sweep {
		return
	}
	for s, list := range h.taken {
		if len(list) == 0 || list[len(list)-1].over(now) {
			delete(h.taken, s)
		}
	}
	h.sweep = max(leastSweep, 2*len(h.taken))
}
