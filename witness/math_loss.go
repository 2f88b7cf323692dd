package witness

import (
	"hexspot/coverage"
	"hexspot/radio"
)

// microdB is a ratio of powers, or a power in dBm, in millionths of a decibel:
// both sides of a rule about levels are compared in it.
type microdB int64

// A hundredth of a decibel, the unit of levels on the wire, and a whole one.
const (
	centidB microdB = 10_000
	decibel microdB = 1_000_000
)

// perOctave is 20 log10(2).
const perOctave = 6_020_600

// The loss at 1 mm and 1 Hz: 20 log10(4 pi / c) with c in mm/s, of the exact speed of
// light and of the 2.998e8 m/s that Helium uses.
const (
	lossOffset       microdB = -207_552_217
	heliumLossOffset microdB = -207_552_435
)

// freeSpaceLoss is the loss between isotropic antennas (protocol hexspot/1,
// "Determinism"; its whole error is 5 udB). Distance and frequency are 1 or
// more.
func freeSpaceLoss(d coverage.Millimetres, f radio.Hertz, offset microdB) microdB {
	sum := int64(log2(uint64(d)) + log2(uint64(f)))
	return microdB(perOctave*sum>>32) + offset
}

// levelOf is a power or a ratio from the wire.
func levelOf[T radio.DBm | radio.DB](level T) microdB { return microdB(level) * centidB }
