package gateway

import (
	"time"

	"hexspot/radio"
)

// Action is what a transmit chain is to do.
type Action uint8

// The actions.
const (
	Rest     Action = iota // nothing, until something happens or Step.Wait is over
	Load                   // load the frame that Queue.Load gives
	TakeBack               // abort what is loaded
)

// Step is what a transmit chain is to do now.
type Step struct {
	Do   Action
	Wait time.Duration // if Rest: when to ask again at the latest; 0: nothing is waited for
}

// A frame is loaded as soon as the chain is free and it is the next one, but not
// earlier than loadAhead. That is time enough on a busy box, and what comes before
// it takes its place rarely. While anything waits, the radio is looked at once a
// lookAgain: it may have been started anew.
const (
	loadAhead = time.Second
	lookAgain = time.Second
)

// load is what the chain holds.
type load struct {
	entry *entry
	start time.Duration // that it was loaded for, on the counter
	clock time.Duration // likewise on the clock
	back  bool          // it is being taken back

	instead radio.EmissionOutcome // how it has ended if it is not on the air; 0: it waits again
	cause   string
}

func (c *load) span() span { return span{c.clock, c.clock + c.entry.permit.Airtime} }

// Next says what the chain is to do now, and what has ended by itself.
func (q *Queue) Next(now Instant) (Step, []Ended) {
	ended := q.advance(now)
	switch {
	case q.chain != nil && !q.chain.back && q.misplaced():
		return Step{Do: TakeBack}, ended
	case q.chain != nil:
		return Step{Wait: lookAgain}, ended
	case len(q.entries) == 0:
		return Step{}, ended
	}
	wait := now.ahead(q.entries[0].start) - loadAhead
	if wait <= 0 {
		return Step{Do: Load}, ended
	}
	return Step{Wait: min(wait, lookAgain)}, ended
}

// misplaced says whether the chain holds another frame than it should: one that has
// ended or moved, or one that something comes before now.
func (q *Queue) misplaced() bool {
	c := q.chain
	return c.instead != 0 || c.entry.start != c.start || q.entries[0].start < c.start
}

// Load gives the chain the next frame; it is asked for when Next says so.
func (q *Queue) Load(now Instant) (Ticket, radio.Transmission) {
	e := q.entries[0]
	q.chain = &load{entry: e, start: e.start, clock: now.clock(e.start)}
	return e.ticket, radio.Transmission{
		PHYPayload: e.downlink.PHYPayload,
		Frequency:  e.downlink.Frequency,
		Conducted:  e.permit.Conducted,
		Modulation: e.downlink.Modulation,
		Trigger:    radio.Trigger{At: now.timestamp(e.start)},
	}
}

// TakeBack notes that the chain was told to abort what it holds.
func (q *Queue) TakeBack() { q.chain.back = true }

// Settle takes what became of the frame on the chain. A frame that was taken back in
// time waits again. One that floats is tried again later if the channel was busy or
// it came too late. Anything else has ended.
func (q *Queue) Settle(now Instant, e radio.Emission) []Ended {
	ended := q.advance(now)
	c := q.chain
	q.chain = nil
	q.charge(now, c, e)
	silent := onAir(now, c, e) == 0
	if silent && c.instead == 0 && c.back && e.Outcome == radio.Aborted {
		return ended
	}
	q.remove(c.entry)
	if silent && c.instead == 0 && q.again(now, c.entry, e.Outcome) {
		return ended
	}
	if silent && c.instead != 0 && e.Outcome == radio.Aborted {
		e.Outcome, e.Cause = c.instead, c.cause
	}
	return append(ended, c.entry.ended(e, q.rules))
}

// again finds another time for what floats.
func (q *Queue) again(now Instant, e *entry, outcome radio.EmissionOutcome) bool {
	retry := outcome == radio.Blocked || outcome == radio.Missed
	if !retry || !e.leeway.floats || !q.postpone(now, e) {
		return false
	}
	q.add(e)
	return true
}
