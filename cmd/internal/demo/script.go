package demo

import (
	"fmt"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// Reception is one frame as one hotspot hears it.
type Reception struct {
	Hotspot radio.EUI
	At      time.Duration // since the script's beginning
	Frame   emulator.Frame
}

// Good says that the frame must arrive: its payload CRC is right.
func (r Reception) Good() bool { return r.Frame.CRC == radio.CRCOK }

// Script is what hotspots of one channel plan hear, in order of time.
type Script struct {
	Plan       radio.Plan
	Hotspots   []radio.EUI // in order of appearance
	Receptions []Reception
	Skipped    int // lines of the record without an uplink's raw frame
}

// good is how many frames must arrive.
func (s Script) good() int {
	n := 0
	for _, r := range s.Receptions {
		if r.Good() {
			n++
		}
	}
	return n
}

// byHotspot gives each hotspot its own receptions, in order.
func (s Script) byHotspot() map[radio.EUI][]Reception {
	own := make(map[radio.EUI][]Reception, len(s.Hotspots))
	for _, r := range s.Receptions {
		own[r.Hotspot] = append(own[r.Hotspot], r)
	}
	return own
}

// nonEmpty refuses a script that shows nothing.
func (s Script) nonEmpty() error {
	if s.good() == 0 {
		return fmt.Errorf("no frame to inject (%d lines without an uplink's raw_packet)", s.Skipped)
	}
	return nil
}
