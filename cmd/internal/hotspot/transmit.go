package hotspot

import (
	"hexspot/gateway"
	"hexspot/radio"
)

// transmit sets up the transmit side, unless no region is set.
func (h *Hotspot) transmit() error {
	if h.parts.ReceiveOnly {
		return nil
	}
	t, err := gateway.NewTransmitter(h.concentrator, h.parts.rules(),
		gateway.TransmitterOptions{GPS: h.concentrator.GPS, Statistics: h.statistics})
	if err != nil {
		return err
	}
	h.transmitter, h.submit, h.counter = t, t.Submit, h.concentrator.Now
	return nil
}

// rules are the region's, with what the board and the antenna make of them.
func (p Parts) rules() gateway.Rules {
	r := gateway.Rules{Plan: p.Chip.Plan, Gain: p.Antenna.Gain(), Loss: p.Antenna.Loss(), Dwell: p.Transmit.Dwell}
	for _, g := range p.Chip.Board.Gain {
		r.Levels = append(r.Levels, radio.DBm(g.Power))
	}
	return r
}
