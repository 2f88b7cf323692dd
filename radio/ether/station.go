package ether

import (
	"math"
	"slices"

	"hexspot/radio"
)

// Place is a point of the plane, in metres.
type Place struct{ X, Y float64 }

// To is the distance between two places in metres.
func (p Place) To(q Place) float64 { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// Station is a transmitter and receiver.
type Station struct {
	// Name is what the chances of the station are drawn from, so that one station
	// more changes nothing about the others. Give each its own.
	Name  string
	Place Place
	Gain  radio.DB // of the antenna less its cable, towards a receiver's own connector

	// Concentrator makes a station that hears at all times and on all frequencies
	// what devices send: LoRa without inverted IQ, and FSK. Which of it falls on a
	// channel is for the owner of the arrival to say. Others hear what they Listen to.
	Concentrator bool
	NoiseFigure  radio.DB // zero: 3 dB of a concentrator, else 6 dB
	Demodulators int      // frames received at a time; zero: 16 of a concentrator, else 1
}

// What a station is that does not say otherwise: noise figures of a gateway with
// and a device without a low-noise amplifier; the demodulators of an SX1302 and
// of a device's transceiver.
const (
	concentratorNoise        radio.DB = 300
	deviceNoise              radio.DB = 600
	concentratorDemodulators          = 16
)

func (s Station) withDefaults() Station {
	if s.NoiseFigure == 0 {
		s.NoiseFigure = deviceNoise
		if s.Concentrator {
			s.NoiseFigure = concentratorNoise
		}
	}
	if s.Demodulators == 0 {
		s.Demodulators = 1
		if s.Concentrator {
			s.Demodulators = concentratorDemodulators
		}
	}
	return s
}

// ID names a station of one Ether.
type ID int

// station is one with what the air remembers of it.
type station struct {
	Station
	id    ID
	salt  uint64
	noise float64 // of one hertz, mW, with the noise figure
	gain  float64

	sent   []*flight // its own, as long as they matter
	locked []*flight // on which it is locked
	ear    int       // number among the concentrators
}

// Add puts a station into the air.
func (e *Ether) Add(s Station) ID {
	s = s.withDefaults()
	x := &station{Station: s, id: ID(len(e.stations)), salt: hashText(s.Name),
		noise: milliwatts(thermalNoise + s.NoiseFigure.Float()), gain: ratio(s.Gain.Float())}
	e.stations = append(e.stations, x)
	if s.Concentrator {
		x.ear = len(e.concentrators)
		e.concentrators = append(e.concentrators, x)
		slices.SortFunc(e.concentrators, (*station).compare)
	}
	return x.id
}

// Move puts a station to another place. What is on the air already may still be
// heard as from the old one.
func (e *Ether) Move(id ID, to Place) { e.stations[id].Place = to }

// Station is what was added, with its defaults and the place where it is now.
func (e *Ether) Station(id ID) Station { return e.stations[id].Station }
