package sx1302

import (
	"time"

	"hexspot/radio"
)

// State is what a Concentrator is about.
type State string

// The states.
const (
	StateIdle    State = "idle"    // Run was not called yet
	StateOpening State = "opening" // the bus
	StateBooting State = "booting" // the chip
	StateRunning State = "running" // receiving
	StateWaiting State = "waiting" // after an error, before the next attempt
	StateStopped State = "stopped" // Run has ended
)

// Status is a snapshot of a Concentrator. Counts are since New.
type Status struct {
	State     State
	Since     time.Time // of the state
	LastError string    // that ended an attempt or a running chip; stays after a success
	Info      Info      // of the latest start that succeeded

	Starts  int             // of the chip that succeeded; the first is one
	Stalls  int             // of a running chip, each followed by another start
	Failed  int             // attempts that ended with an error: no bus, no chip, wrong firmware, unplugged
	Pulse   bool            // a GPS pulse came since the look before the latest
	Counter radio.Timestamp // latest reading

	Uplinks        uint64     // read, of any CRC
	FIFO           FIFOReport // what the chip's buffer held
	CorruptBatches int        // readings of the buffer with something to throw away
	OffPlan        int        // frames of a channel that is off, dropped
	CRCMismatch    int        // frames whose CRC the modem had called good, marked bad
	Twins          int        // second copies of a frame, dropped (fine timestamps)
}

// count adds what a poll found.
func (s *Status) count(p reception) {
	s.Uplinks += uint64(len(p.uplinks))
	s.FIFO.Add(p.counts.FIFOReport)
	if p.counts.DroppedBytes() > 0 {
		s.CorruptBatches++
	}
	s.OffPlan += p.counts.OffPlan
	s.CRCMismatch += p.counts.CRCMismatch
	s.Twins += p.counts.Twins
	if !p.now.IsZero() {
		s.Counter = p.now
	}
}

// Status gives a snapshot.
func (c *Concentrator) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

func (c *Concentrator) update(change func(*Status)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.status)
}

func (c *Concentrator) enter(s State) {
	c.update(func(status *Status) { status.State, status.Since = s, time.Now() })
}
