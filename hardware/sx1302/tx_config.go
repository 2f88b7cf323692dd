package sx1302

import (
	"fmt"

	"hexspot/hardware"
)

// highestIndex is the SX1250's highest power index.
const highestIndex = 22

// validateTransmitter refuses levels that are none, or out of order: a search would
// then find one that is too strong.
func (b Board) validateTransmitter() error {
	if b.TransmitRadio != 0 && b.TransmitRadio != 1 {
		return fmt.Errorf("transmission by radio %d: there are two, 0 and 1", b.TransmitRadio)
	}
	for i, g := range b.Gain {
		if g.Index > highestIndex {
			return fmt.Errorf("transmitter level %v: power index %d is above %d", g.Power, g.Index, highestIndex)
		}
		if i > 0 && g.Power <= b.Gain[i-1].Power {
			return fmt.Errorf("transmitter level %v follows %v: levels must ascend", g.Power, b.Gain[i-1].Power)
		}
	}
	return nil
}

// txChain is how the config has frames sent.
func (c Config) txChain() (txChain, error) {
	chain := txChain{number: c.Board.TransmitRadio, gains: c.Board.Gain, private: c.Private}
	if len(chain.gains) == 0 {
		reference, err := hardware.BoardNamed("corecell")
		if err != nil {
			return chain, err
		}
		chain.gains = reference.Gain
	}
	return chain, nil
}
