package gateway

import (
	"time"

	"hexspot/radio"
)

// The times of the queue (public HAL and ChirpStack Concentratord, which agree).
const (
	startDelay    = 1500 * time.Microsecond // from the trigger to the first symbol, at most
	margin        = 1 * time.Millisecond    // between two packets
	loadTime      = 40 * time.Millisecond   // to take back and to load
	maxLead       = 512 * time.Second
	immediateLead = 80 * time.Millisecond // of what is to start as soon as possible

	// floatLead is less than MinLead: what follows on another transmission is loaded
	// when that has ended.
	floatLead = 10 * time.Millisecond
	// floatLimit is how late a downlink without an instant and a Latest may start.
	floatLimit = 10 * time.Second
	// farGPS is further than any reference and any downlink are from the present.
	farGPS = 24 * time.Hour
	// mostMoves bounds the search for a time.
	mostMoves = 256
)

// MinLead is how long before its start a downlink must come: shorter is TxTooLate.
const MinLead = startDelay + margin + loadTime

// startLeeway is when an item may start.
func startLeeway(now Instant, c *Command, item int, airtime time.Duration, gps radio.GPSReference) (leeway, radio.TxStatus) {
	when := c.Items[item].When
	at, status := when.At, radio.TxOK
	if at.IsZero() && when.GPS != 0 {
		if at, status = gpsInstant(now, when.GPS, gps); status != radio.TxOK {
			return leeway{}, status
		}
	}
	first := nextMicro(sinceStart(now.Counter) + immediateLead)
	if !at.IsZero() {
		if status = lead(now, at); status != radio.TxOK {
			return leeway{}, status
		}
		first = sinceStart(at)
		if c.Priority > PriorityBeacon || c.Latest.IsZero() {
			return leeway{first: first, last: first}, radio.TxOK
		}
	}
	last, ok := lastStart(now, c.Latest, airtime)
	if !ok || last < first {
		return leeway{}, radio.TxTooLate
	}
	return leeway{first, last, true}, radio.TxOK
}

// gpsInstant is the counter at a GPS time.
func gpsInstant(now Instant, gps time.Duration, r radio.GPSReference) (radio.Timestamp, radio.TxStatus) {
	if r.At.Session != now.Counter.Session {
		return radio.Timestamp{}, radio.TxGPSUnlocked
	}
	switch {
	case gps < 0 || gps < r.GPS-farGPS:
		return radio.Timestamp{}, radio.TxTooLate
	case gps-r.GPS > farGPS:
		return radio.Timestamp{}, radio.TxTooEarly
	}
	return r.Timestamp(gps), radio.TxOK
}

// lead says whether an instant is neither too late nor too early. Any of another
// session is too late: what it counts from is over.
func lead(now Instant, at radio.Timestamp) radio.TxStatus {
	if at.Session != now.Counter.Session {
		return radio.TxTooLate
	}
	switch d, ok := at.Sub(now.Counter); {
	case !ok && at.Micros > now.Counter.Micros, ok && d > maxLead:
		return radio.TxTooEarly
	case !ok, d < MinLead:
		return radio.TxTooLate
	}
	return radio.TxOK
}

// lastStart is when what floats must start. It is false if its Latest is of another
// session.
func lastStart(now Instant, latest radio.Timestamp, airtime time.Duration) (time.Duration, bool) {
	if latest.IsZero() {
		return sinceStart(now.Counter) + floatLimit, true
	}
	if latest.Session != now.Counter.Session {
		return 0, false
	}
	end := now.Counter.Add(maxLead)
	end.Micros = min(end.Micros, latest.Micros)
	return sinceStart(end) - airtime, true
}

// place gives an entry the first start from an instant on, within its leeway, at which
// it neither clashes with others nor breaks the duty cycle. Else it says what was in the way last, and
// the entry keeps the start it had.
func (q *Queue) place(now Instant, e *entry, others []*entry, from time.Duration) radio.TxStatus {
	moved := *e
	moved.start = from
	status := radio.TxTooLate
	for range mostMoves {
		if moved.start > e.leeway.last {
			return status
		}
		var next time.Duration
		if next, status = q.obstacle(now, &moved, others); status == radio.TxOK {
			e.start = moved.start
			return status
		}
		moved.start = nextMicro(next)
	}
	return status
}

// obstacle says what keeps an entry from starting when it is to, and when that may
// be past.
func (q *Queue) obstacle(now Instant, e *entry, others []*entry) (time.Duration, radio.TxStatus) {
	for _, o := range others {
		if e.clashes(o) {
			return o.end() + MinLead, radio.TxCollisionPacket
		}
	}
	if next, ok := q.affords(now, e, others); !ok {
		return now.counter(next), radio.TxDutyCycleOverflow
	}
	return 0, radio.TxOK
}
