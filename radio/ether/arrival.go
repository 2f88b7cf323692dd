package ether

import (
	"fmt"
	"slices"
	"time"

	"hexspot/radio"
)

// Fate is what became of a signal at a receiver.
type Fate uint8

// The fates of a signal. Zero is none of them.
const (
	Heard    Fate = iota + 1 // the frame was demodulated
	TooWeak                  // below what the noise allows
	Collided                 // another signal destroyed it, or held the demodulator
	Deaf                     // the receiver was transmitting
	Crowded                  // all demodulators of the receiver were in use
	Broken                   // the transmitter stopped before the end of the frame
)

var fateNames = [...]string{Heard: "heard", TooWeak: "too weak", Collided: "collided", Deaf: "deaf",
	Crowded: "crowded", Broken: "broken"}

// String gives the fate in words, "too weak".
func (f Fate) String() string {
	if int(f) < len(fateNames) && fateNames[f] != "" {
		return fateNames[f]
	}
	return fmt.Sprintf("fate %d", uint8(f))
}

// Nobody is the ID of no station.
const Nobody ID = -1

// Arrival is what became of one signal at one station that listened for it.
type Arrival struct {
	Signal Signal
	To     ID
	End    time.Duration // of the signal, early if it was cut
	RSSI   radio.DBm     // signal and noise in the signal's bandwidth, at the receiver's connector
	SNR    radio.DB      // of the signal to the noise
	Fate   Fate
	By     ID   // whose signal destroyed it most if it Collided, else Nobody
	Locked bool // the receiver had begun the frame: a concentrator then reports a bad CRC
}

// decide ends a signal: of those who locked on it, who has all of it?
func (e *Ether) decide(all []Arrival, f *flight) []Arrival {
	near := e.disturbers(f, f.lock, f.end)
	all = slices.Grow(all, len(f.arrivals))
	for _, o := range f.arrivals {
		if o.fate == 0 {
			o.fate, o.by = e.survives(f, &o, near, f.lock, f.end)
		}
		if o.fate == Heard && f.cut {
			o.fate = Broken
		}
		noise := o.to.noise * float64(f.band.width())
		all = append(all, Arrival{Signal: f.Signal, To: o.to.id, End: f.end, Fate: o.fate, By: o.by, Locked: o.lock,
			RSSI: radio.LevelOf(decibels(o.level + noise)), SNR: radio.RatioOf(decibels(o.level / noise))})
	}
	f.arrivals = nil
	return all
}
