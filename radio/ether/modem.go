package ether

import (
	"hexspot/radio"
)

// kind is what a demodulator is set to. The zero value is no modulation.
type kind struct {
	sf        radio.SpreadingFactor
	bandwidth radio.Hertz
	inverted  bool
	bitRate   uint32
}

func kindOf(m radio.Modulation) kind {
	switch m := m.(type) {
	case radio.LoRa:
		return kind{sf: m.SF, bandwidth: m.Bandwidth, inverted: m.InvertIQ}
	case radio.FSK:
		return kind{bitRate: m.BitRate}
	}
	return kind{}
}

func (k kind) isLoRa() bool { return k.sf != 0 }

// slope is how fast a chirp sweeps: bandwidth² / 2^SF.
func (k kind) slope() radio.Hertz { return k.bandwidth * k.bandwidth >> k.sf }

// Thresholds in dB.
const (
	captureRatio = 6.0 // LoRa over LoRa of the same kind (Bor et al. 2016)
	fskRatio     = 8.0 // FSK over noise and all else: non-coherent, 10 % of 20-byte frames lost
)

// rejection is the least ratio in dB of a LoRa signal to one with another
// spreading factor, by the wanted one and by the other from 7 to 12 (Croce et al.,
// IEEE Communications Letters 22(4), 2018, table of simulated thresholds). The
// diagonal is not used.
var rejection = [...][6]float64{
	7:  {0, -8, -9, -9, -9, -9},
	8:  {-11, 0, -11, -12, -13, -13},
	9:  {-15, -13, 0, -13, -14, -15},
	10: {-19, -18, -17, 0, -17, -18},
	11: {-22, -22, -21, -20, 0, -20},
	12: {-25, -25, -25, -24, -23, 0},
}

// least is the ratio in dB at which a signal is received over noise.
func (k kind) least() float64 {
	if k.isLoRa() {
		return k.sf.LeastSNR().Float()
	}
	return fskRatio
}

// over is the ratio in dB at which a signal is received over another one that
// falls into its band as a whole.
func (k kind) over(other kind) float64 {
	switch {
	case !k.isLoRa() || !other.isLoRa():
		return k.least() // what is no chirp is spread like noise
	case k.inverted == other.inverted && k.slope() == other.slope():
		return captureRatio
	case k.sf < 7:
		return k.least()
	}
	return k.otherChirp(other)
}

// otherChirp is the ratio to a chirp of another slope. The opposite polarity, and
// another bandwidth, of the same spreading factor count as the spreading factor
// that is worst; 5 and 6, which the table has not, as 7.
func (k kind) otherChirp(other kind) float64 {
	row := rejection[k.sf]
	if other.sf != k.sf {
		return row[max(other.sf, 7)-7]
	}
	worst := k.least()
	for i, dB := range row {
		if i != int(k.sf)-7 {
			worst = max(worst, dB)
		}
	}
	return worst
}

// band is a range of frequencies.
type band struct{ low, high radio.Hertz }

// width is what the noise is counted in: a LoRa channel, or Carson's rule for FSK.
func width(m radio.Modulation) radio.Hertz {
	switch m := m.(type) {
	case radio.LoRa:
		return m.Bandwidth
	case radio.FSK:
		deviation := m.Deviation
		if deviation == 0 {
			deviation = radio.Hertz(m.BitRate) / 2
		}
		return 2*deviation + radio.Hertz(m.BitRate)
	}
	return 0
}

func bandOf(s Signal) band {
	w := width(s.Modulation)
	return band{s.Frequency - w/2, s.Frequency - w/2 + w}
}

func (b band) width() radio.Hertz { return b.high - b.low }

// share is the part of another band's power that falls into this one.
func (b band) share(other band) float64 {
	if other.low == other.high { // a carrier
		if b.low <= other.low && other.low <= b.high {
			return 1
		}
		return 0
	}
	inside := min(b.high, other.high) - max(b.low, other.low)
	return max(float64(inside), 0) / float64(other.width())
}

// tunes says whether a demodulator that is set to one frequency receives another:
// LoRa within a quarter of the bandwidth (SX1302 datasheet), FSK within 25 kHz.
func (k kind) tunes(to, frequency radio.Hertz) bool {
	most := 25 * radio.KHz
	if k.isLoRa() {
		most = k.bandwidth / 4
	}
	away := to - frequency
	return max(away, -away) <= most
}
