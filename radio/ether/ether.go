package ether

import (
	"container/heap"
	"time"
)

// Ether is the air of one place. It is for one goroutine at a time.
type Ether struct {
	config        Config
	shadowing     float64 // dB
	fading        float64 // dB
	stations      []*station
	concentrators []*station
	windows       map[kind]*listeners

	now     time.Duration // all that is due by then is decided
	last    SignalID
	open    schedule             // signals that are not decided yet
	air     []*flight            // signals that can still disturb one
	flights map[SignalID]*flight // those of air
	horizon time.Duration        // what ended before it disturbs nothing any more
	crowded int                  // length of air at which to look for what can go
	near    []disturber          // scratch
}

// New makes an air without stations. It refuses what Validate does.
func New(c Config) (*Ether, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	return &Ether{config: c, shadowing: spread(c.Shadowing), fading: spread(c.Fading), crowded: leastCrowd,
		windows: make(map[kind]*listeners), flights: make(map[SignalID]*flight)}, nil
}

// Transmit begins an emission. Errors: ErrBusy while the same chain of the station
// sends, ErrPast, a signal that cannot be. A signal that is told of after the time
// has passed its start still counts for all that is not decided.
func (e *Ether) Transmit(s Signal) (SignalID, error) {
	if err := e.check(s); err != nil {
		return 0, err
	}
	from := e.stations[s.From]
	from.sent = forget(from.sent, e.horizon)
	for _, f := range from.sent {
		if f.Chain == s.Chain && f.overlaps(s.Start, s.end()) {
			return 0, ErrBusy
		}
	}
	e.last++
	f := e.newFlight(s, e.last)
	from.sent = append(from.sent, f)
	e.launch(f)
	e.flights[f.id] = f
	if s.Modulation != nil {
		heap.Push(&e.open, f)
	}
	return f.id, nil
}

// launch keeps the air in order, so that sums over it do not depend on the order
// of calls.
func (e *Ether) launch(f *flight) {
	e.air = append(e.air, f)
	for i := len(e.air) - 1; i > 0 && f.order(e.air[i-1]) < 0; i-- {
		e.air[i], e.air[i-1] = e.air[i-1], f
	}
}

// Cut ends an emission before its time. Nobody receives it; until then it
// disturbs. One that is cut at its start or before never was. Signals that have
// ended are left alone.
func (e *Ether) Cut(id SignalID, at time.Duration) {
	f := e.flights[id]
	if f == nil || at >= f.end {
		return
	}
	f.end, f.cut = max(at, f.Start), true
	if f.Modulation != nil && f.index >= 0 {
		heap.Fix(&e.open, f.index)
	}
}

// Next is when the next signal ends. It is false if none is on the air that does.
func (e *Ether) Next() (time.Duration, bool) {
	next := endless
	for _, f := range e.open {
		next = min(next, f.end)
	}
	return next, next != endless
}

// Ended decides what is due: every signal that has ended by then, at every station
// that listened for it, in order of the signals' ends and of the stations' names.
func (e *Ether) Ended(until time.Duration) []Arrival {
	var all []Arrival
	for len(e.open) > 0 && e.open[0].due() <= until {
		f := e.open[0]
		e.now = max(e.now, f.due())
		if !f.locked {
			e.lock(f)
			f.locked = true
			heap.Fix(&e.open, 0)
			continue
		}
		heap.Pop(&e.open)
		all = e.decide(all, f)
		if len(e.air) > e.crowded {
			e.clear()
		}
	}
	e.now = max(e.now, until)
	e.clear()
	return all
}

const (
	// leastCrowd is how many signals are not worth looking for what can go.
	leastCrowd = 64
	// tardiness is how late a signal may be told of and still be judged by all that
	// was on the air with it.
	tardiness = time.Second
)

// clear forgets the signals that can disturb nothing any more.
func (e *Ether) clear() {
	e.horizon = e.now - tardiness
	for _, f := range e.open {
		e.horizon = min(e.horizon, f.clean)
	}
	kept := e.air[:0]
	for _, f := range e.air {
		if f.end > e.horizon || f.index >= 0 {
			kept = append(kept, f)
			continue
		}
		delete(e.flights, f.id)
	}
	clear(e.air[len(kept):])
	e.air = kept
	e.crowded = max(leastCrowd, 2*len(kept))
}
