package receptions

import (
	"math"

	"hexspot/radio"
)

// thermal is the noise of a 125 kHz channel at room temperature in a receiver without
// noise of its own, 0.01 dBm. No channel is quieter.
const thermal radio.DBm = -12_300

// chip is what a hotspot's records tell of its figures.
type chip struct{ quietest radio.DBm }

// givesSignal says that the hotspot states the signal's level: it stated one that is
// below what a whole channel can have.
func (c chip) givesSignal() bool { return c.quietest < thermal }

// signal is the level of a reception's signal. For chips that state that of the channel
// it is worked out from the SNR, which the protocol never does: its stations
// have the chip's own figure, or none.
func (c chip) signal(r Reception) radio.DBm {
	if c.givesSignal() {
		return r.RSSI
	}
	snr := r.SNR.Float()
	return radio.LevelOf(r.RSSI.Float() + snr - 10*math.Log10(1+math.Pow(10, snr/10)))
}
