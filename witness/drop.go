package witness

import "hexspot/radio"

// Drop says why a hotspot does not take a frame that it heard. The zero Drop is
// none.
type Drop uint8

// The reasons for which frames are dropped.
const (
	DropCRC Drop = iota + 1
	DropLength
	DropType
	DropModulation
	DropOwn
	DropMark
	DropTags
	DropSent
	DropSession
	DropFull
	DropLate
	DropRange
	drops // how many there are, and the zero Drop
)

// dropNames name the drops for programs and logs.
var dropNames = [drops]string{
	DropCRC: "crc", DropLength: "length", DropType: "type", DropModulation: "modulation", DropOwn: "own", DropMark: "mark",
	DropTags: "tags", DropSent: "sent", DropSession: "session", DropFull: "full", DropLate: "late", DropRange: "range",
}

// String gives the name, "mark"; empty for none.
func (d Drop) String() string {
	if d < drops {
		return dropNames[d]
	}
	return "unknown"
}

// Screen reads a beacon or discovery beacon out of what was heard, as far as that
// goes without entropy: CRC good, 24 bytes, E0 01 or E0 02, LoRa at 125 kHz.
func Screen(u radio.Uplink) (Frame, Drop) {
	switch {
	case u.CRC != radio.CRCOK:
		return Frame{}, DropCRC
	case len(u.PHYPayload) != FrameSize:
		return Frame{}, DropLength
	}
	frame, err := ParseFrame(u.PHYPayload)
	if err != nil {
		return Frame{}, DropType
	}
	if m, ok := u.Modulation.(radio.LoRa); !ok || m.Bandwidth != 125*radio.KHz {
		return Frame{}, DropModulation
	}
	return frame, 0
}
