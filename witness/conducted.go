package witness

import "hexspot/radio"

// Antenna is what lies between a radio's connector and the air.
type Antenna struct {
	Gain radio.DB // of the antenna, dBi
	Loss radio.DB // of the cable
}

// EIRP is what a conducted level radiates.
func (a Antenna) EIRP(conducted radio.DBm) radio.DBm {
	return conducted + radio.DBm(a.Gain) - radio.DBm(a.Loss)
}

// Conducted is what must be fed to radiate a level.
func (a Antenna) Conducted(eirp radio.DBm) radio.DBm {
	return eirp - radio.DBm(a.Gain) + radio.DBm(a.Loss)
}

// ConductedLevel chooses among a radio's calibrated levels: the highest that
// radiates no more than drawn; if there is none, the lowest that radiates no more than
// the cap; if there is none, no beacon may be sent (protocol hexspot/1, "Draws").
func (a Antenna) ConductedLevel(drawn, limit radio.DBm, levels []radio.DBm) (radio.DBm, bool) {
	var below, least radio.DBm
	var hasBelow, hasLeast bool
	for _, level := range levels {
		eirp := a.EIRP(level)
		if eirp <= drawn && (!hasBelow || level > below) {
			below, hasBelow = level, true
		}
		if eirp <= limit && (!hasLeast || level < least) {
			least, hasLeast = level, true
		}
	}
	if hasBelow {
		return below, true
	}
	return least, hasLeast
}
