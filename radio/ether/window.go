package ether

import (
	"slices"
	"time"

	"hexspot/radio"
)

// Window is a span of time in which a device listens, on one frequency and to one
// modulation. A frame is heard whole, also beyond the window's end, if enough of
// its preamble for a receiver to detect it lies inside.
type Window struct {
	Frequency  radio.Hertz
	Modulation radio.Modulation
	From, To   time.Duration
}

type listener struct {
	to *station
	Window
}

// listeners are those of one kind. Closed windows are dropped when the list has
// doubled.
type listeners struct {
	list    []listener
	crowded int
}

// Listen opens a window for a station that is no concentrator. It must come before
// the end of the preamble of what is to be heard.
func (e *Ether) Listen(id ID, w Window) {
	k := kindOf(w.Modulation)
	l := e.windows[k]
	if l == nil {
		l = &listeners{crowded: leastCrowd}
		e.windows[k] = l
	}
	if len(l.list) >= l.crowded {
		l.list = slices.DeleteFunc(l.list, func(x listener) bool { return x.To < e.now-tardiness })
		l.crowded = max(leastCrowd, 2*len(l.list))
	}
	l.list = append(l.list, listener{e.stations[id], w})
}

// receivers are the stations that listen for a signal, each once, by name.
func (e *Ether) receivers(f *flight) []outcome {
	var all []outcome
	if !f.kind.inverted {
		all = make([]outcome, 0, len(e.concentrators))
		for _, c := range e.concentrators { // by name
			all = append(all, outcome{to: c, by: Nobody})
		}
	}
	if devices := e.windows[f.kind].open(f); len(devices) > 0 {
		all = append(all, devices...)
		slices.SortFunc(all, func(a, b outcome) int { return a.to.compare(b.to) })
		all = slices.CompactFunc(all, func(a, b outcome) bool { return a.to == b.to })
	}
	return slices.DeleteFunc(all, func(o outcome) bool { return o.to == f.from })
}

// open are those whose window catches a signal.
func (l *listeners) open(f *flight) (all []outcome) {
	if l == nil {
		return nil
	}
	for _, x := range l.list {
		if x.catches(f) {
			all = append(all, outcome{to: x.to, by: Nobody})
		}
	}
	return all
}

// catches says whether enough of the preamble lies in the window.
func (l listener) catches(f *flight) bool {
	inside := min(l.To, f.lock) - max(l.From, f.Start)
	return inside >= f.lock-f.clean && f.kind.tunes(l.Frequency, f.Frequency)
}
