package witness

import (
	"slices"

	"hexspot/radio"
)

// CollectorEvent is what happens to a Collector.
type CollectorEvent interface {
	hear(*Collector, Millis) []SendBatch
}

// Heard is a frame that the concentrator received.
type Heard struct {
	Uplink  radio.Uplink
	Fine    GPSNanos // end of the frame, only if HasFine
	HasFine bool     // the concentrator is locked to PPS
}

// ClockKnown says that the time of the step is that of an instant of the
// concentrator, and is to be trusted.
type ClockKnown struct{ At radio.Timestamp }

// OwnTag is a tag that the station itself is about to send.
type OwnTag struct{ Tag Tag }

// SendBatch asks to sign and spool a `witness` record.
type SendBatch struct{ Batch Batch }

func (e Heard) hear(c *Collector, now Millis) []SendBatch {
	frame, drop := Screen(e.Uplink)
	if drop == 0 && slices.Contains(c.own, frame.Tag) {
		drop = DropOwn
	}
	if drop != 0 {
		c.dropped[drop]++
		return nil
	}
	s := sightingOf(frame, e)
	if !s.dated {
		c.undated = c.keep(c.undated, s, maxUndated)
		return nil
	}
	return c.take(nil, s, now)
}

func (e ClockKnown) hear(c *Collector, now Millis) []SendBatch {
	var actions []SendBatch
	waiting := c.undated
	c.undated = nil
	for _, s := range waiting {
		if !s.date(e.At, now) {
			c.dropped[DropSession]++
			continue
		}
		actions = c.take(actions, s, now)
	}
	return append(actions, c.Step(now, nil)...)
}

func (e OwnTag) hear(c *Collector, _ Millis) []SendBatch {
	c.own = append(c.own, e.Tag)
	c.own = c.own[max(0, len(c.own)-maxOwn):]
	return nil
}
