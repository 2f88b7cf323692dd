package gateway

import (
	"time"

	"hexspot/radio"
)

// Instant is the present, on the radio's counter and on a clock that goes on when
// the radio is started anew.
type Instant struct {
	Counter radio.Timestamp // none while no chip runs
	Clock   time.Duration   // monotonic, from any beginning
}

// Within a session the queue counts from the counter's beginning.

func sinceStart(t radio.Timestamp) time.Duration {
	return time.Duration(t.Micros) * time.Microsecond
}

// timestamp is an instant of the present session.
func (i Instant) timestamp(t time.Duration) radio.Timestamp {
	return radio.Timestamp{Session: i.Counter.Session, Micros: uint64(t / time.Microsecond)}
}

// ahead is how far an instant of the present session lies in the future.
func (i Instant) ahead(t time.Duration) time.Duration { return t - sinceStart(i.Counter) }

// clock is what the clock will show at an instant of the present session.
func (i Instant) clock(t time.Duration) time.Duration { return i.Clock + i.ahead(t) }

// counter is when, in the present session, the clock will show c.
func (i Instant) counter(c time.Duration) time.Duration {
	if c == never {
		return never
	}
	return sinceStart(i.Counter) + c - i.Clock
}

// nextMicro rounds up to what the counter can show.
func nextMicro(t time.Duration) time.Duration {
	if rest := t % time.Microsecond; rest > 0 && t < never-time.Microsecond {
		t += time.Microsecond - rest
	}
	return t
}
