package emulator

import "time"

// The concentrator's clock.
const (
	ticksPerMicro  = 32
	ticksPerSecond = 32_000_000
)

// ticksOf converts without overflow for spans up to 73 years.
func ticksOf(d time.Duration) uint64 { return uint64(d) * 4 / 125 }

// durationOf rounds up, so that an instant reached by waiting is not a tick short.
func durationOf(ticks uint64) time.Duration {
	return time.Duration(ticks/4*125 + (ticks%4*125+3)/4)
}

// clock is the 32 MHz counter, unwrapped, and the latch that a pulse a second
// copies it to. Both are worked out from the host's clock when asked for.
type clock struct {
	origin time.Time
	first  uint64 // ticks at origin
	frozen bool   // the counter stands still at first

	pulsing    bool
	pulseSince time.Time // pulses before this instant were not seen
	latch      uint64    // last pulse seen before pulseSince
}

func startClock(now time.Time, at time.Duration) clock {
	return clock{origin: now, first: ticksOf(at)}
}

// ticks is the counter at an instant, which may lie ahead.
func (c *clock) ticks(at time.Time) uint64 {
	if c.frozen {
		return c.first
	}
	return c.first + ticksOf(at.Sub(c.origin))
}

// when is the instant at which the counter reaches a value.
func (c *clock) when(ticks uint64) time.Time {
	return c.origin.Add(durationOf(ticks - c.first))
}

func (c *clock) freeze(now time.Time, stop bool) {
	if stop == c.frozen {
		return
	}
	c.latch = c.pps(now) // of the pulses before now, whose ticks change
	c.first, c.origin, c.frozen = c.ticks(now), now, stop
}

// pps is the counter at the last whole second of the host's clock.
func (c *clock) pps(now time.Time) uint64 {
	pulse := now.Add(-time.Duration(now.Nanosecond()))
	if !c.pulsing || pulse.Before(c.pulseSince) || pulse.Before(c.origin) {
		return c.latch
	}
	return c.ticks(pulse)
}

func (c *clock) pulse(now time.Time, on bool) {
	if on == c.pulsing {
		return
	}
	c.latch, c.pulseSince, c.pulsing = c.pps(now), now, on
}

// nextPulse is the next whole second of the host's clock.
func nextPulse(now time.Time) time.Time {
	return now.Add(time.Second - time.Duration(now.Nanosecond()))
}
