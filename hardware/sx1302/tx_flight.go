package sx1302

import (
	"time"

	"hexspot/radio"
)

// flight is a frame in a transmit chain, from its load to its end. It learns from
// sightings of the chain and takes nothing for granted: a frame was emitted if the
// chain was seen to emit it and to be free after it; or was seen to wait for the
// trigger and to be free after the end, which a chain comes to by emitting only,
// unless it is told to stop or the chip is reset, and both would be known.
type flight struct {
	frame  txFrame
	armed  radio.Timestamp // just before the trigger was set
	loaded radio.Timestamp // just after
	start  radio.Timestamp // of the first symbol; none while a pulse is waited for
	still  radio.Timestamp // the latest instant at which it was seen to wait

	waited, onAir bool // seen so

	halt     verdict         // why it was told to stop; zero: it was not
	haltedAt radio.Timestamp // not later than this
}

// verdict is how a flight ends. Zero: it goes on.
type verdict struct {
	outcome radio.EmissionOutcome
	cause   string
	stop    bool // the chain must be told
}

// What a chain may take, beyond what is expected, before something is wrong.
const (
	triggerSlack = time.Millisecond
	pulseSlack   = 2 * time.Second // a GPS pulse comes every second
	endSlack     = 500 * time.Millisecond
	haltSlack    = time.Second // to become free after having been told

	sameLook = 100 * time.Microsecond // a look that is early by this is in time
)

// see takes a look into account.
func (f *flight) see(s sighting) verdict {
	f.waited = f.waited || s.phase == phaseWaiting
	f.onAir = f.onAir || s.phase == phaseOnAir
	if s.phase == phaseWaiting {
		f.still = s.before
	}
	if f.start.IsZero() && (s.phase == phaseOnAir || s.phase == phaseFree) {
		f.start = f.triggered(s)
	}
	switch {
	case f.halt.outcome != 0:
		return f.halting(s)
	case s.blocked && s.phase != phaseOnAir:
		return verdict{outcome: radio.Blocked, cause: "the channel was busy", stop: true}
	case s.phase == phaseWaiting:
		return f.waiting(s)
	case s.phase == phaseFree:
		return f.free(s)
	case later(s.before, f.end(), endSlack):
		return verdict{radio.Faulted, "the transmitter did not end the frame", true}
	}
	return verdict{}
}

// triggered is the first symbol of a frame that a pulse has triggered since it was seen to
// wait: the latest pulse, or if nobody looked for seconds the first of those that can be.
func (f *flight) triggered(s sighting) radio.Timestamp {
	since := f.still
	if since.IsZero() {
		since = f.armed
	}
	if earliest := s.before.Add(-f.frame.airtime); s.phase == phaseOnAir && later(earliest, since, 0) {
		since = earliest
	}
	passed, ok := s.pulsed.Add(-f.delay()).Sub(since)
	if !ok || passed < time.Second {
		return s.pulsed
	}
	return s.pulsed.Add(-passed.Truncate(time.Second))
}

func (f *flight) waiting(s sighting) verdict {
	switch {
	case !f.frame.trigger.At.IsZero():
		if later(s.before, f.start.Add(-f.delay()), triggerSlack) {
			return verdict{radio.Missed, "loaded when its time was past", true}
		}
	case f.frame.trigger.OnPulse:
		if later(s.before, f.loaded, pulseSlack) {
			return verdict{radio.Missed, "no GPS pulse came", true}
		}
	case later(s.before, f.end(), endSlack):
		return verdict{radio.Faulted, "the transmitter does not start", true}
	}
	return verdict{}
}

// free judges a chain that holds no frame any more.
func (f *flight) free(s sighting) verdict {
	end := f.end().Add(-f.frame.grain)
	switch {
	case f.frame.trigger.OnPulse && later(f.armed, f.start.Add(-f.delay()), time.Microsecond):
		return verdict{outcome: radio.Faulted, cause: "the transmitter did not take the frame"}
	case later(end, s.after, 0) && f.onAir:
		return verdict{outcome: radio.Faulted, cause: "the transmitter stopped before the frame's end"}
	case later(end, s.after, 0):
		return verdict{outcome: radio.Faulted, cause: "the transmitter did not take the frame"}
	case later(end, s.before, 0):
		return verdict{} // its end was while we looked: the next look tells
	case f.waited || f.onAir:
		return verdict{outcome: radio.Emitted}
	}
	return verdict{outcome: radio.Faulted, cause: "the transmitter was free when first looked at, after the frame's time"}
}

// stop notes that the chain was told to stop, and has been by an instant.
func (f *flight) stop(why verdict, by radio.Timestamp) { f.halt, f.haltedAt = why, by }

func (f *flight) halting(s sighting) verdict {
	switch {
	case s.phase == phaseFree:
		return verdict{outcome: f.halt.outcome, cause: f.halt.cause}
	case later(s.before, f.haltedAt, haltSlack):
		return verdict{outcome: radio.Faulted, cause: "the transmitter does not stop", stop: true}
	}
	return verdict{}
}

// emission is the report of a flight that ended so, at the latest at an instant.
func (f *flight) emission(v verdict, by radio.Timestamp) radio.Emission {
	e := radio.Emission{Outcome: v.outcome, Cause: v.cause, Conducted: f.frame.gain.Power, Loaded: f.loaded}
	if v.outcome == radio.Emitted {
		e.Start, e.Airtime = f.start, f.frame.airtime
		return e
	}
	if !f.haltedAt.IsZero() {
		by = f.haltedAt
	}
	spent, ok := by.Sub(f.start)
	begun := f.onAir && v.outcome != radio.Blocked || v.outcome == radio.Aborted
	if !begun || !ok || spent <= 0 {
		return e
	}
	e.Start, e.Airtime = f.start, spent
	if v.outcome == radio.Aborted {
		e.Airtime = min(spent, f.frame.airtime) // its end was while it was being stopped
	}
	return e
}

// delay is from the trigger to the first symbol.
func (f *flight) delay() time.Duration { return ticksTime(f.frame.delay) }

func (f *flight) end() radio.Timestamp { return f.start.Add(f.frame.airtime) }

// next is the next instant after now at which a look tells most: half-way through
// the frame, and after its end.
func (f *flight) next(now radio.Timestamp) (radio.Timestamp, bool) {
	for _, t := range []radio.Timestamp{f.start.Add(f.frame.airtime / 2), f.end().Add(triggerSlack)} {
		if later(t, now, sameLook) {
			return t, true
		}
	}
	return radio.Timestamp{}, false
}

// later says whether t is after u by more than d.
func later(t, u radio.Timestamp, d time.Duration) bool {
	by, ok := t.Sub(u)
	return ok && by > d
}

// ticksTime is ticks of 31.25 ns, rounded up to the nanosecond.
func ticksTime(ticks uint32) time.Duration { return (time.Duration(ticks)*125 + 3) / 4 }
