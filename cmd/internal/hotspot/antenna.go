package hotspot

import (
	"errors"
	"fmt"

	"hexspot/radio"
)

// Antenna is what is between the board and the air.
type Antenna struct {
	GainDBi     float64 `toml:"gain_dbi"`      // of the antenna
	CableLossDB float64 `toml:"cable_loss_db"` // of cable, connectors and arrester, positive
}

// Transmit says what the owner decides about transmitting.
type Transmit struct {
	// Dwell keeps to the limit of the time on air where a region leaves that to the
	// country.
	Dwell bool `toml:"dwell"`
}

// Validate refuses what no antenna and no cable has.
func (a Antenna) Validate() error {
	var faults []error
	if !(a.GainDBi >= -20 && a.GainDBi <= 30) { // so that NaN is refused too
		faults = append(faults, fmt.Errorf("antenna.gain_dbi = %v: want -20 to 30", a.GainDBi))
	}
	if !(a.CableLossDB >= 0 && a.CableLossDB <= 30) {
		faults = append(faults, fmt.Errorf("antenna.cable_loss_db = %v: want 0 to 30", a.CableLossDB))
	}
	return errors.Join(faults...)
}

// Gain is the antenna's.
func (a Antenna) Gain() radio.DB { return radio.RatioOf(a.GainDBi) }

// Loss is the cable's.
func (a Antenna) Loss() radio.DB { return radio.RatioOf(a.CableLossDB) }
