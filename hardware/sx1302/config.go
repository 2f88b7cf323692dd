package sx1302

import (
	"errors"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// Config says what a concentrator is to be. Plan and Firmware are needed to run it;
// the rest is useful at zero.
type Config struct {
	Plan     radio.Plan
	Board    Board
	Firmware Firmware

	// Private is the sync word 0x12 at SF7 to SF12 instead of LoRaWAN's 0x34. SF5 and
	// SF6 have 0x12 either way.
	Private bool
	// FineTimestamp asks an SX1303 for nanosecond times, which need a GPS pulse.
	FineTimestamp bool
	// Now is the host's clock for Uplink.ReceivedAt. Nil, or a zero time from it:
	// not to be trusted.
	Now func() time.Time
}

// Board is what a concentrator's board does to its radios. The zero Board is
// Semtech's CoreCell for 863 to 928 MHz, which most boards are made after.
type Board struct {
	ClockRadio  int        // which radio clocks the chip: 0 A, 1 B
	SingleInput bool       // radios have a single-ended input
	RSSIOffset  [2]float64 // dB to add to the raw RSSI of each radio; 0: -215.4
	RSSICurve   *RSSICurve // correction over temperature; nil: the CoreCell's

	Gain          hardware.Gains // levels of the transmitter, ascending; nil: the CoreCell's
	TransmitRadio int            // which radio transmits: 0 A, 1 B
}

// RSSICurve are the coefficients of a polynomial over the temperature in degrees
// Celsius, from the fourth power down to the constant, in 1/65536 dB.
type RSSICurve [5]float64

// Values of the CoreCell (HAL, global_conf.json.sx1250.EU868).
const coreCellRSSIOffset = -215.4

func coreCellCurve() RSSICurve { return RSSICurve{0, 0, 20.41, 2162.56, 0} }

func (b Board) chains() (chains [2]rxChain) {
	curve := coreCellCurve()
	if b.RSSICurve != nil {
		curve = *b.RSSICurve
	}
	for i, offset := range b.RSSIOffset {
		if offset == 0 {
			offset = coreCellRSSIOffset
		}
		chains[i] = rxChain{rssiOffset: offset, curve: rssiCurve(curve)}
	}
	return chains
}

// Validate refuses what no chip can be set to, or not be run with.
func (c Config) Validate() error {
	if !c.Firmware.Complete() {
		return errors.New("the concentrator needs firmware images for its AGC and its ARB")
	}
	return c.validateRadio()
}

// validateRadio is Validate for a chip that is only looked at.
func (c Config) validateRadio() error {
	if c.Plan.IsZero() {
		return errors.New("the concentrator needs a channel plan: set the region")
	}
	if c.Board.ClockRadio != 0 && c.Board.ClockRadio != 1 {
		return fmt.Errorf("clock from radio %d: there are two, 0 and 1", c.Board.ClockRadio)
	}
	if err := c.Board.validateTransmitter(); err != nil {
		return err
	}
	for i, f := range c.Plan.Radios {
		if imageCalibration(f) == nil {
			return fmt.Errorf("radio %c at %v: an SX1250 can be calibrated at 430-440, 470-510, 779-787, 863-870 and 902-928 MHz",
				'A'+i, f)
		}
	}
	_, err := channelsOf(c.Plan)
	return err
}
