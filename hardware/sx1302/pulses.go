package sx1302

import (
	"time"

	"hexspot/radio"
)

// pulses ties the counter to GPS time: the chip latches its counter at each pulse
// of a GPS receiver, and the host knows which second that was.
type pulses struct {
	ticks uint32  // the latch; stays when GPS is lost
	seen  bool    // ticks is one
	fresh uint32  // a latch that one poll has read
	known []pulse // a second apart, oldest first
}

// pulse is one that came when it should.
type pulse struct {
	at     radio.Timestamp
	ticks  uint64        // since the first of the run
	second time.Duration // GPS time
}

const (
	pulsesKept   = 32 // the drift is measured over as many
	pulsesNeeded = 3  // before they are trusted

	ticksPerSecond = 32_000_000
	mostDrift      = ticksPerSecond / 100_000 // 10 ppm, a bad quartz (HAL, loragw_gps.c)
	mostMissed     = 3                        // pulses in a row; then a new run begins

	// hostSlack is how far from a whole second a pulse may be by the host's clock, which
	// is set over the network. Half a second away nobody knows which second it was.
	hostSlack = 250 * time.Millisecond
)

// see takes a poll into account, made at a time of the host's, zero if that is not to
// be trusted.
func (p *pulses) see(r reception, clock *radio.Unwrapper, host time.Time) {
	if p.seen && r.pps == p.ticks {
		return
	}
	if r.pps != p.fresh { // its bytes may be of two pulses: the next poll confirms it
		p.fresh = r.pps
		return
	}
	first := !p.seen
	elapsed := r.pps - p.ticks
	p.ticks, p.seen = r.pps, true
	at := latched(clock, r.pps)
	second, ok := wholeSecond(r.now, at, host)
	if first || !ok { // a latch that is older than the driver, or of a second unknown
		p.known = p.known[:0]
		return
	}
	p.add(pulse{at: at, second: second}, elapsed)
}

// wholeSecond is the GPS time of a pulse, by the host's clock.
func wholeSecond(now, at radio.Timestamp, host time.Time) (time.Duration, bool) {
	ago, ok := now.Sub(at)
	if !ok || host.IsZero() {
		return 0, false
	}
	then := radio.GPSTime(host.Add(-ago))
	second := then.Round(time.Second)
	return second, (then - second).Abs() <= hostSlack
}

// add takes a pulse that came ticks after the one before. One that came at the wrong
// time is the first of a new run.
func (p *pulses) add(next pulse, elapsed uint32) {
	if n := len(p.known); n > 0 {
		last := p.known[n-1]
		seconds := (int64(elapsed) + ticksPerSecond/2) / ticksPerSecond
		off := int64(elapsed) - seconds*ticksPerSecond
		if seconds < 1 || seconds > mostMissed || max(off, -off) > seconds*mostDrift ||
			next.second-last.second != time.Duration(seconds)*time.Second {
			p.known = p.known[:0]
		} else {
			next.ticks = last.ticks + uint64(elapsed)
		}
	}
	if len(p.known) == pulsesKept {
		p.known = append(p.known[:0], p.known[1:]...)
	}
	p.known = append(p.known, next)
}

// reference is what the pulses say at an instant of the counter; false if they do
// not say it or are gone.
func (p *pulses) reference(now radio.Timestamp) (radio.GPSReference, bool) {
	if len(p.known) < pulsesNeeded {
		return radio.GPSReference{}, false
	}
	oldest, latest := p.known[0], p.known[len(p.known)-1]
	if age, ok := now.Sub(latest.at); !ok || age > mostMissed*time.Second {
		return radio.GPSReference{}, false
	}
	exact := int64((latest.second - oldest.second) / time.Second * ticksPerSecond)
	drift := (int64(latest.ticks-oldest.ticks) - exact) * 1_000_000_000 / exact
	return radio.GPSReference{At: latest.at, GPS: latest.second, Drift: int32(drift)}, true
}

// GPS ties the counter to GPS time, by the latest pulse of a GPS receiver and the
// host's clock, which says which second that was. It is false while no pulses come
// a second apart (within 10 ppm), or none came for 3 s, or the host's clock is not to
// be trusted or more than a quarter of a second off the pulses.
func (c *Concentrator) GPS() (radio.GPSReference, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pulses.reference(c.counter.now())
}
