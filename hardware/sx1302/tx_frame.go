package sx1302

import (
	"errors"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// txChain is how frames are sent: by which chain, at which levels, with which sync
// word.
type txChain struct {
	number  int // 0 A, 1 B
	gains   hardware.Gains
	private bool
}

// txFrame is a transmission as the chip is told of it.
type txFrame struct {
	settings []setting // in no order
	memory   []byte    // what to put into the chain's payload memory
	trigger  radio.Trigger
	gain     hardware.Gain
	delay    uint32        // ticks from the trigger to the first symbol
	airtime  time.Duration // exact: the modem runs on the counter's clock
	grain    time.Duration // shortest piece of the frame: a symbol, a byte
}

// An SX1250 is made for 150 to 960 MHz (datasheet, table 3-6).
const (
	lowestFrequency  = 150_000 * radio.KHz
	highestFrequency = 960_000 * radio.KHz
)

// frame works out what to write for a transmission. The error says why it cannot
// be sent.
func (c txChain) frame(t radio.Transmission) (f txFrame, err error) {
	if n := len(t.PHYPayload); n == 0 || n > maxPayload {
		return f, fmt.Errorf("a payload of %d bytes: a frame has 1 to %d", n, maxPayload)
	}
	if t.Frequency < lowestFrequency || t.Frequency > highestFrequency {
		return f, fmt.Errorf("%v: the radios do 150 to 960 MHz", t.Frequency)
	}
	gain, ok := c.gains.For(t.Conducted)
	if !ok {
		return f, fmt.Errorf("%v: less than the transmitter's lowest level", t.Conducted)
	}
	f.gain, f.trigger = gain, t.Trigger
	switch m := t.Modulation.(type) {
	case radio.LoRa:
		err = c.lora(&f, m, t.PHYPayload)
	case radio.FSK:
		err = c.fsk(&f, m, t.PHYPayload)
	default:
		err = errors.New("neither LoRa nor FSK")
	}
	f.settings = append(f.settings, c.rows(carrierSettings(t.Frequency, gain)...)...)
	return f, err
}

// rows puts settings of chain A on the chain.
func (c txChain) rows(list ...setting) []setting {
	for i := range list {
		list[i].field = list[i].field.on(c.number)
	}
	return list
}

// carrierSettings are what every modulation needs.
func carrierSettings(f radio.Hertz, gain hardware.Gain) []setting {
	steps := txSteps(f)
	return []setting{
		{regTXIOffset, 0}, {regTXQOffset, 0}, {regTXDigitalGain, 0},
		{regTXPower, bitIf(gain.PA, 1<<6) | gain.Index},
		{regTXFrequencyHigh, byte(steps >> 16)}, {regTXFrequencyMid, byte(steps >> 8)}, {regTXFrequencyLow, byte(steps)},
	}
}

// txSteps is a frequency in the transmitter's steps, 32 MHz / 2^18 = 122 Hz.
func txSteps(f radio.Hertz) uint32 { return uint32(uint64(f) << 18 / 32_000_000) }

// deviationSettings is the peak deviation, at most 500 kHz.
func deviationSettings(f radio.Hertz) []setting {
	steps := txSteps(f)
	return []setting{{regTXDeviationHigh, byte(steps >> 8)}, {regTXDeviationLow, byte(steps)}}
}

// The modulator that drives the radio.
const (
	sourceLoRa = 1
	sourceFSK  = 2
)
