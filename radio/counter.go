package radio

import "fmt"

// Counter describes a hardware counter that begins again after Period ticks.
type Counter struct {
	Period        uint64 // ticks, 2 to 2^48
	TicksPerMicro uint64 // 1 or more
}

// SX1302Counter is the concentrator's 32-bit counter at 32 MHz; it wraps every
// 134.2 s (public HAL, registers 6101 to 6108).
func SX1302Counter() Counter { return Counter{Period: 1 << 32, TicksPerMicro: 32} }

// MicrosCounter is a 32-bit counter of microseconds, as packet forwarders report
// it; it wraps every 71.6 minutes.
func MicrosCounter() Counter { return Counter{Period: 1 << 32, TicksPerMicro: 1} }

// longestPeriod leaves 2^16 wraps before 64 bits of ticks are used up.
const longestPeriod = 1 << 48

// Unwrapper turns the readings of a wrapping counter into Timestamps of one
// session. It must see a reading (Advance) at least once a period; the zero
// Unwrapper gives no timestamps. It is not safe for use by several goroutines.
type Unwrapper struct {
	counter Counter
	session uint64
	latest  uint64 // ticks, unwrapped; 0 before the first reading
}

// NewUnwrapper begins a session. A session is a random number other than zero
// drawn at each boot of the chip, because the counter starts anew then.
func NewUnwrapper(session uint64, counter Counter) (*Unwrapper, error) {
	switch {
	case session == 0:
		return nil, fmt.Errorf("a counter session needs a number other than zero")
	case counter.Period < 2 || counter.Period > longestPeriod || counter.TicksPerMicro == 0:
		return nil, fmt.Errorf("no such counter: a period of %d ticks, %d a microsecond", counter.Period, counter.TicksPerMicro)
	}
	return &Unwrapper{counter: counter, session: session}, nil
}

// Advance takes a reading of the running counter, later than every reading
// before it and by less than a period, and gives its time. Bits above the period
// are ignored.
//
// The first reading counts from one period on, so that a stamp taken before it
// does not fall below zero.
func (u *Unwrapper) Advance(ticks uint64) Timestamp {
	if u.session == 0 {
		return Timestamp{}
	}
	ticks %= u.counter.Period
	if u.latest == 0 {
		u.latest = u.counter.Period + ticks
	} else {
		u.latest += u.ahead(ticks)
	}
	return u.at(u.latest)
}

// Stamp gives the time of a value the hardware latched within half a period of
// the latest reading, before it (a packet fetched afterwards) or after it. The
// latest reading stays what it was. Without a reading there is no timestamp.
func (u *Unwrapper) Stamp(ticks uint64) Timestamp {
	if u.latest == 0 {
		return Timestamp{}
	}
	forward := u.ahead(ticks % u.counter.Period)
	if forward < u.counter.Period/2 {
		return u.at(u.latest + forward)
	}
	return u.at(u.latest - (u.counter.Period - forward))
}

// Latest is the time of the latest reading, none before the first.
func (u *Unwrapper) Latest() Timestamp {
	if u.latest == 0 {
		return Timestamp{}
	}
	return u.at(u.latest)
}

// ahead is how many ticks after the latest reading the counter shows ticks.
func (u *Unwrapper) ahead(ticks uint64) uint64 {
	return (ticks + u.counter.Period - u.latest%u.counter.Period) % u.counter.Period
}

func (u *Unwrapper) at(ticks uint64) Timestamp {
	return Timestamp{Session: u.session, Micros: ticks / u.counter.TicksPerMicro}
}
