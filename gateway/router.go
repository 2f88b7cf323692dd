package gateway

import (
	"context"
	"fmt"

	"hexspot/radio"
)

// Receiver is a radio that hears frames.
type Receiver interface {
	// Receive waits for the next uplink. An error other than the context's is final.
	Receive(ctx context.Context) (radio.Uplink, error)
}

// Router takes uplinks from a radio and gives each LoRaWAN frame with a good
// CRC to every forwarder. It never waits for a forwarder.
type Router struct {
	Receiver   Receiver
	Forwarders []*Forwarder
	Statistics *Statistics

	// Proprietary is given proprietary frames with a good CRC; nil: they are
	// counted only. It must not block.
	Proprietary func(radio.Uplink)
}

// Run routes until ctx ends.
func (r *Router) Run(ctx context.Context) error {
	for {
		u, err := r.Receiver.Receive(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("receiving: %w", err)
		}
		r.route(u)
	}
}

// route decides what becomes of one uplink.
func (r *Router) route(u radio.Uplink) {
	outcome := classify(u)
	r.Statistics.count(&u, outcome)
	switch outcome {
	case Forwarded:
		frame := NewFrame(u)
		for _, f := range r.Forwarders {
			f.Offer(frame)
		}
	case Proprietary:
		if r.Proprietary != nil {
			r.Proprietary(u)
		}
	}
}

// Outcome is what the router did with an uplink.
type Outcome uint8

// The outcomes.
const (
	Forwarded   Outcome = iota // to every forwarder
	Proprietary                // to the proprietary handler
	BadCRC                     // dropped: the payload is damaged
	NoCRC                      // dropped: LoRaWAN uplinks always carry a CRC
	NotLoRaWAN                 // dropped: no LoRaWAN frame that a device sends

	outcomes // how many there are
)

var outcomeNames = [...]string{"forwarded", "proprietary", "bad_crc", "no_crc", "not_lorawan"}

// String gives the name of the outcome in statistics, "bad_crc".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

func classify(u radio.Uplink) Outcome {
	switch u.CRC {
	case radio.CRCBad:
		return BadCRC
	case radio.CRCNone:
		return NoCRC
	}
	switch frame := radio.Classify(u.PHYPayload); {
	case frame.Kind == radio.FrameProprietary:
		return Proprietary
	case frame.Kind.Uplink():
		return Forwarded
	}
	return NotLoRaWAN
}
