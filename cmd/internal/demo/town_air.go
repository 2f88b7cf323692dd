package demo

import (
	"fmt"
	"math"
	"math/rand/v2"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// The town's radio weather: log-distance path loss at 868 MHz in a town of low
// houses, shadowing that stays and fading that does not.
const (
	townRadius    = 5.0    // km
	lossAtOneKm   = 120.5  // dB
	lossPerDecade = 35.0   // dB
	shadowing     = 7.0    // dB, standard deviation, of a pair of places
	fading        = 2.0    // dB, standard deviation, of a frame
	nearest       = 0.05   // km
	devicePower   = 14.0   // dBm EIRP
	noiseDensity  = -168.0 // dBm in 1 Hz: thermal noise and a noise figure of 6 dB
	snrMost       = 13.0   // dB; a concentrator shows no more
	fskLeast      = -105.0 // dBm
)

// place is a point of the plane, in km.
type place struct{ x, y float64 }

func somewhere(r *rand.Rand) place {
	radius, angle := townRadius*math.Sqrt(r.Float64()), 2*math.Pi*r.Float64()
	return place{radius * math.Cos(angle), radius * math.Sin(angle)}
}

func (p place) to(q place) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

// ear is one of the town's hotspots.
type ear struct {
	eui   radio.EUI
	place place
}

// air is who is where.
type air struct{ ears []ear }

func newAir(t Town) *air {
	a := &air{ears: make([]ear, t.Hotspots)}
	for i := range a.ears {
		a.ears[i] = ear{eui: recordedEUI(fmt.Sprintf("town %d", i)), place: somewhere(source(t.Seed, "spot", i))}
	}
	return a
}

func (a *air) hotspots() []radio.EUI {
	list := make([]radio.EUI, len(a.ears))
	for i, e := range a.ears {
		list[i] = e.eui
	}
	return list
}

// links are the levels, in dBm, at which each hotspot hears a device on average.
func (a *air) links(from place, r *rand.Rand) []float64 {
	levels := make([]float64, len(a.ears))
	for i, e := range a.ears {
		loss := lossAtOneKm + lossPerDecade*math.Log10(max(from.to(e.place), nearest))
		levels[i] = devicePower - loss + shadowing*r.NormFloat64()
	}
	return levels
}

// heard are the receptions of a transmission, one for each hotspot in reach.
func (a *air) heard(x transmission) []Reception {
	var all []Reception
	for i, e := range a.ears {
		level := x.from.links[i] + fading*x.from.random.NormFloat64()
		frame, ok := x.frame.at(level)
		if ok {
			all = append(all, Reception{Hotspot: e.eui, At: x.at, Frame: frame})
		}
	}
	return all
}

// radioFrame is a frame on the air, without the levels that each place has.
type radioFrame struct{ emulator.Frame }

// at is the frame as heard at a signal level in dBm, false below sensitivity.
func (f radioFrame) at(signal float64) (emulator.Frame, bool) {
	m, isLoRa := f.Modulation.(radio.LoRa)
	if !isLoRa {
		f.RSSI = wholeLevel(signal)
		return f.Frame, signal >= fskLeast
	}
	noise := noiseIn(m.Bandwidth)
	snr := signal - noise
	f.RSSI = wholeLevel(10 * math.Log10(math.Pow(10, signal/10)+math.Pow(10, noise/10)))
	f.SNR = radio.RatioOf(math.Round(4*min(snr, snrMost)) / 4)
	return f.Frame, snr >= snrLeast(m.SF)
}

// wholeLevel: concentrators report whole dBm.
func wholeLevel(dBm float64) radio.DBm { return radio.LevelOf(math.Round(dBm)) }

func noiseIn(bandwidth radio.Hertz) float64 { return noiseDensity + 10*math.Log10(float64(bandwidth)) }

// snrLeast is the SNR down to which a LoRa frame is demodulated (SX1302
// datasheet): -7.5 dB at SF7, 2.5 dB a step.
func snrLeast(sf radio.SpreadingFactor) float64 { return -7.5 - 2.5*(float64(sf)-7) }

// spoil takes the good CRC from a frame: by turns a damaged payload, or a frame
// without any CRC.
func (f *radioFrame) spoil(turn int) {
	if turn%2 == 1 {
		f.CRC = radio.CRCNone
		return
	}
	f.CRC = radio.CRCBad
	f.Payload[len(f.Payload)/2] ^= 0x55
}
