package ether

import (
	"errors"
	"fmt"
	"time"

	"hexspot/radio"
)

// Signal is one emission. A Modulation of nil is a carrier without modulation,
// which nobody receives and which lasts until it is cut.
type Signal struct {
	From       ID
	Chain      uint8         // which of the station's transmitters
	Start      time.Duration // of the first symbol
	Frequency  radio.Hertz
	Modulation radio.Modulation
	EIRP       radio.DBm
	Payload    []byte // belongs to the air from now on
	Private    bool   // LoRa with the sync word of private networks
}

// SignalID names a signal of one Ether. Zero is none.
type SignalID uint64

// ErrBusy says that the station's transmitter is still busy with another signal.
var ErrBusy = errors.New("ether: the transmitter is busy")

// ErrPast says that the signal ended before what has been decided already.
var ErrPast = errors.New("ether: the signal lies in the past")

// endless is the end of a carrier that has not been cut.
const endless = time.Duration(1<<63 - 1)

func (s Signal) end() time.Duration {
	if s.Modulation == nil {
		return endless
	}
	return s.Start + s.Modulation.TimeOnAir(len(s.Payload))
}

func (e *Ether) check(s Signal) error {
	if s.From < 0 || int(s.From) >= len(e.stations) {
		return fmt.Errorf("ether: signal of station %d of %d", s.From, len(e.stations))
	}
	switch m := s.Modulation.(type) {
	case nil, radio.FSK:
	case radio.LoRa:
		if m.SymbolTime() == 0 {
			return fmt.Errorf("ether: signal of modulation %v", m)
		}
	default:
		return fmt.Errorf("ether: signal of modulation %T", m)
	}
	switch end := s.end(); {
	case s.Start < 0 || end <= s.Start:
		return fmt.Errorf("ether: signal from %v to %v", s.Start, end)
	case end <= e.now:
		return ErrPast
	}
	return nil
}
