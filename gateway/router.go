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
// CRC to every forwarder. It never waits for a forwarder. Receiver and Statistics
// are needed.
type Router struct {
	Receiver   Receiver // whose payloads nobody changes any more
	Forwarders []*Forwarder
	Statistics *Statistics

	// Proprietary is given proprietary frames with a good CRC; nil: they are
	// counted only. It must not block.
	Proprietary func(radio.Uplink)

	ForwardNoCRC   bool // forward frames without a CRC, whatever they are
	ForwardInvalid bool // forward frames with a good CRC that are no LoRaWAN uplinks, too
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
	outcome := r.decide(u)
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

// decide says what is to be done with an uplink. Frames with a bad CRC go nowhere:
// nobody could tell what in them is true.
func (r *Router) decide(u radio.Uplink) Outcome {
	switch u.CRC {
	case radio.CRCOK:
		return r.decideSound(u.PHYPayload)
	case radio.CRCNone:
		if r.ForwardNoCRC {
			return Forwarded
		}
		return NoCRC
	}
	return BadCRC
}

// decideSound decides about a frame with a good CRC.
func (r *Router) decideSound(phy []byte) Outcome {
	switch kind := radio.Classify(phy).Kind; {
	case kind == radio.FrameProprietary:
		return Proprietary
	case kind.Uplink() || r.ForwardInvalid:
		return Forwarded
	}
	return NotLoRaWAN
}
