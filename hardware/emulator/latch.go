package emulator

import (
	"math"

	"hexspot/radio"
)

// latchFine moves the latch of a fine timestamp to where the modem of an SX1303 takes
// it, and has the metrics say what is left of a tick: the end of the frame is known to a
// nanosecond (reference section 6.3; the public HAL has the reverse).
func (c *Chip) latchFine(p *packet, f *Frame, m radio.LoRa, e ear) {
	if e.modem >= multiSFModems || p.metrics == 0 {
		return
	}
	end := f.End.Sub(c.clock.origin)
	at := float64(end%1_000_000)*4/125 - float64(ticksOf(end%1_000_000)) // of a tick, which the counter does not show
	at += longerUntilLatch(m.SF, oscillatorOff(f.Frequency, e.away)) - notch(e.intermediate/1000)
	whole := math.Floor(at)
	p.ticks += uint32(int32(whole))
	p.late = int(math.Round((at - whole) * float64(2*p.metrics)))
	if p.late == 2*p.metrics {
		p.ticks, p.late = p.ticks+1, 0
	}
}

// grid is what all channels of all plans are multiples of.
const grid = 12_500

// oscillatorOff is by how large a share the oscillator of a transmitter is off, as the
// public HAL counts it: what the modem measures from its channel's centre, and how far
// that is from the channel the transmitter aims at. (The sign of both is the HAL's.)
func oscillatorOff(f radio.Hertz, away float64) float64 {
	aim := math.Round(float64(f)/grid) * grid
	fromCentre := aim - (float64(f) - away)
	return (away + fromCentre) / aim
}

// longerUntilLatch is by how many ticks preamble, sync word and header less a chip last
// longer if the transmitter's oscillator is off by a share.
func longerUntilLatch(sf radio.SpreadingFactor, off float64) float64 {
	chips := math.Ldexp(12.25, int(sf)) - 1
	if sf < 7 {
		chips += math.Ldexp(2, int(sf))
	}
	return 256 * chips * off
}

// notch is the delay in ticks of the filter at 0 Hz for a channel so many kHz from it.
func notch(kHz float64) float64 {
	if kHz < -75 || kHz > 75 {
		return 0
	}
	return 10.2922 - 0.01275*kHz - 0.0101*kHz*kHz + 2.4e-6*math.Pow(kHz, 3) + 1.7e-6*math.Pow(kHz, 4)
}
