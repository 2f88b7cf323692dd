package demo

import (
	"errors"
	"sync"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// ears keep account of what the air made of devices' frames, at hotspots.
type ears struct {
	air      *emulator.Air
	hotspots map[ether.ID]radio.EUI
	checker  *checker                                                                       // is told what must arrive
	beacons  func(hotspot radio.EUI, x ether.Arrival, frame emulator.Frame, good bool) bool // takes those of beacons; may be nil

	mu     sync.Mutex
	onAir  map[emission]*outcome
	counts heardCounts
}

// heardCounts are of frames, but for Receptions.
type heardCounts struct {
	Sent       int            `json:"sent"`
	Heard      int            `json:"heard"` // by a hotspot or more
	ByFour     int            `json:"heard_by_1_to_4"`
	Lost       map[string]int `json:"lost"` // heard by none: why not at the hotspot that had it best
	Receptions int            `json:"receptions"`
	Damaged    int            `json:"damaged"` // receptions with a bad CRC
	Untaken    map[string]int `json:"untaken"` // heard on the air, and not taken by the chip
}

// emission is what a device's frame is known by: it sends one at a time.
type emission struct {
	from  ether.ID
	start time.Duration
}

// outcome is what became of a frame so far.
type outcome struct {
	end   time.Duration
	heard int
	best  radio.DB // SNR of the strongest
	why   string   // of that one
}

func newEars(c *checker) *ears {
	return &ears{
		checker: c, hotspots: map[ether.ID]radio.EUI{}, onAir: map[emission]*outcome{},
		counts: heardCounts{Lost: map[string]int{}, Untaken: map[string]int{}},
	}
}

// observe is told by the air of each arrival, and what the chip made of it.
func (e *ears) observe(x ether.Arrival, err error) {
	hotspot, ok := e.hotspots[x.To]
	if !ok {
		return
	}
	frame, given := e.air.Frame(x)
	good := given && err == nil && frame.CRC == radio.CRCOK
	if e.beacons != nil && e.beacons(hotspot, x, frame, good) {
		return
	}
	if _, down := e.hotspots[x.Signal.From]; down {
		return
	}
	if good {
		e.checker.expect(Reception{Hotspot: hotspot, At: x.End, Frame: frame})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count(x, frame, given, err)
}

func (e *ears) count(x ether.Arrival, frame emulator.Frame, given bool, err error) {
	e.close(x.End)
	key := emission{x.Signal.From, x.Signal.Start}
	o := e.onAir[key]
	if o == nil {
		o = &outcome{end: x.End, best: x.SNR, why: x.Fate.String()}
		e.onAir[key] = o
	}
	why := x.Fate.String()
	switch {
	case given && err != nil:
		why = untaken(err)
		e.counts.Untaken[why]++
	case given && frame.CRC == radio.CRCOK:
		o.heard++
		e.counts.Receptions++
	case given:
		e.counts.Damaged++
	}
	if x.SNR >= o.best {
		o.best, o.why = x.SNR, why
	}
}

// untaken is why a chip did not take a frame, in words.
func untaken(err error) string {
	switch {
	case errors.Is(err, emulator.ErrFull):
		return "buffer full"
	case errors.Is(err, emulator.ErrNotReceiving):
		return "not receiving"
	}
	return "no channel"
}

// close counts the frames that ended before an instant: the air tells of a frame at
// all hotspots at once, in order of ends.
func (e *ears) close(before time.Duration) {
	for key, o := range e.onAir {
		if o.end < before {
			e.add(o)
			delete(e.onAir, key)
		}
	}
}

func (e *ears) add(o *outcome) {
	e.counts.Sent++
	switch {
	case o.heard == 0:
		e.counts.Lost[o.why]++
		return
	case o.heard <= 4:
		e.counts.ByFour++
	}
	e.counts.Heard++
}

// neverSent counts frames that this machine was too busy to put on the air in time.
func (c *heardCounts) neverSent(n int) {
	if n > 0 {
		c.Sent += n
		c.Lost["machine too busy"] += n
	}
}

// end counts the rest and gives the counts.
func (e *ears) end() heardCounts {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.close(1 << 62)
	return e.counts
}
