package ether

import (
	"math"

	"hexspot/radio"
)

// thermalNoise is that of one hertz at room temperature, dBm.
const thermalNoise = -174.0

// nearest is where the path loss stops to fall: two antennas are never one.
const nearest = 1.0

// loss is the median path loss in dB over a distance in metres: free space up to
// the reference distance, the configured exponent beyond.
func (c Config) loss(distance float64) float64 {
	exponent := c.Exponent
	if distance < c.Reference {
		exponent = 2
	}
	return c.Loss.Float() + 10*exponent*math.Log10(max(distance, nearest)/c.Reference)
}

// link is the gain of the path between two stations, with the receiver's antenna.
func (e *Ether) link(from, to *station) float64 {
	loss := e.config.loss(from.Place.To(to.Place))
	low, high := min(from.salt, to.salt), max(from.salt, to.salt)
	loss -= e.shadowing * normal(mix(mix(e.config.Seed+low)^high))
	return ratio(-loss) * to.gain
}

// Path is the median gain of the path between two stations, which is a loss: with
// the receiver's antenna and the shadowing of the pair, without the fading of frames.
func (e *Ether) Path(from, to ID) radio.DB {
	return radio.RatioOf(decibels(e.link(e.stations[from], e.stations[to])))
}

// level is how strong a signal is at a receiver, mW. Concentrators ask for it again
// and again, as a signal disturbs others: the signal remembers it for them.
func (e *Ether) level(f *flight, to *station) float64 {
	if !to.Concentrator {
		return e.freshLevel(f, to)
	}
	for len(f.levels) <= to.ear {
		f.levels = append(f.levels, unknown)
	}
	if f.levels[to.ear] == unknown {
		f.levels[to.ear] = e.freshLevel(f, to)
	}
	return f.levels[to.ear]
}

// unknown is a level that has not been worked out.
const unknown = -1

func (e *Ether) freshLevel(f *flight, to *station) float64 {
	level := f.power * e.link(f.from, to)
	if e.fading > 0 {
		level *= ratio(e.fading * normal(mix(f.salt^to.salt)))
	}
	return level
}

// milliwatts of a level in dBm, and ratio of one in dB.
func milliwatts(dBm float64) float64 { return ratio(dBm) }
func ratio(dB float64) float64       { return math.Exp(dB * (math.Ln10 / 10)) }
func decibels(ratio float64) float64 { return 10 * math.Log10(ratio) }
