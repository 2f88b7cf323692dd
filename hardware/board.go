package hardware

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hexspot/radio"
)

// Board is what a driver must know of a concentrator card that the chip itself
// cannot tell. All of them have two SX1250 radios.
type Board struct {
	Name  string // as in a configuration, "rak5146"
	Title string // for people

	Bus  string // where it usually hangs, as ParseBus takes it
	Pins Pins   // how a host resets it over SPI; a CoreCell bridge has its own

	ClockRadio  int  // 0 or 1: the radio that clocks the SX1302
	SingleInput bool // the radios' RF input is not differential

	RSSI        []RSSIOffset
	Temperature TemperatureCompensation
	Gain        Gains
}

// NoPin says that a board has no such pin.
const NoPin = -1

// Pins are lines of the host's GPIO chip, BCM numbers on a Raspberry Pi. Reset
// and Power are active high, SX1261 is active low. NoPin where there is none.
type Pins struct {
	Reset, Power, SX1261 int
}

// RSSIOffset is what to add to a raw RSSI reading, in a band.
type RSSIOffset struct {
	Low, High radio.Hertz // inclusive
	Offset    float64     // dB
}

// TemperatureCompensation is a polynomial of the temperature in degrees
// Celsius, in 1/65536 dB, added to the RSSI (HAL, sx1302_rssi_get_temperature_offset).
type TemperatureCompensation struct {
	A, B, C, D, E float64 // of T to the 4th, 3rd, 2nd, 1st, 0th
}

// At is the compensation in dB at a temperature in degrees Celsius.
func (t TemperatureCompensation) At(celsius float64) float64 {
	return ((((t.A*celsius+t.B)*celsius+t.C)*celsius+t.D)*celsius + t.E) / 65536
}

// Gains are the levels a transmitter has, ascending by Power.
type Gains []Gain

// For is the strongest level that does not exceed a conducted power; false if all
// of them do.
func (g Gains) For(power radio.DBm) (Gain, bool) {
	n, exact := slices.BinarySearchFunc(g, power, func(l Gain, p radio.DBm) int { return cmp.Compare(l.Power, p) })
	switch {
	case exact:
		return g[n], true
	case n == 0:
		return Gain{}, false
	}
	return g[n-1], true
}

// Gain is a setting of the transmitter and the conducted power it gives.
type Gain struct {
	Power radio.DBm
	PA    bool  // power amplifier on
	Index uint8 // of the SX1250's output power, 0 to 22
}

// RSSIOffset at a frequency, in dB. Outside the bands of the table it is that
// of the nearest.
func (b Board) RSSIOffset(f radio.Hertz) float64 {
	nearest := slices.MinFunc(b.RSSI, func(x, y RSSIOffset) int {
		return int(x.distance(f) - y.distance(f))
	})
	return nearest.Offset
}

// distance of a frequency from the band.
func (o RSSIOffset) distance(f radio.Hertz) radio.Hertz {
	return max(o.Low-f, f-o.High, 0)
}

// BoardNamed looks a board up. An unknown name is an error that lists the known.
func BoardNamed(name string) (Board, error) {
	known := make([]string, 0, len(boards))
	for _, b := range boards {
		if b.Name == name {
			return b.clone(), nil
		}
		known = append(known, b.Name)
	}
	return Board{}, fmt.Errorf("unknown board %q: known are %s", name, strings.Join(known, ", "))
}

// Boards are the known boards.
func Boards() []Board {
	all := make([]Board, len(boards))
	for i, b := range boards {
		all[i] = b.clone()
	}
	return all
}

// clone keeps the table out of reach.
func (b Board) clone() Board {
	b.RSSI, b.Gain = slices.Clone(b.RSSI), slices.Clone(b.Gain)
	return b
}
