package witness

import (
	"encoding/hex"
	"fmt"
)

// FrameSize is the length of a beacon on air. 24 bytes at SF10 last 371 ms; one
// more would break the 400 ms dwell limit.
const FrameSize = 24

// frameHead is the first byte on air: MHDR of a proprietary LoRaWAN frame.
const frameHead = 0xE0

// FrameType is the second byte on air.
type FrameType uint32

// The types of frames.
const (
	FrameBeacon    FrameType = 1
	FrameDiscovery FrameType = 2
)

// Mark shows which network and slot a frame belongs to.
type Mark [4]byte

// Tag is the hidden name of a beacon, which only its sender can open; in a
// discovery beacon it is random.
type Tag [18]byte

// String gives 8 hexadecimal digits.
func (m Mark) String() string { return hex.EncodeToString(m[:]) }

// String gives 36 hexadecimal digits.
func (t Tag) String() string { return hex.EncodeToString(t[:]) }

// Frame is a beacon as it is on air (protocol hexspot/1, "Beacon").
type Frame struct {
	Type FrameType
	Mark Mark
	Tag  Tag
}

// Append appends the 24 bytes on air.
func (f Frame) Append(b []byte) []byte {
	b = append(b, frameHead, byte(f.Type))
	b = append(b, f.Mark[:]...)
	return append(b, f.Tag[:]...)
}

// ParseFrame reads a frame. Append gives the same bytes.
func ParseFrame(phy []byte) (Frame, error) {
	if len(phy) != FrameSize {
		return Frame{}, fmt.Errorf("beacon of %d bytes, want %d", len(phy), FrameSize)
	}
	t := FrameType(phy[1])
	if phy[0] != frameHead || t != FrameBeacon && t != FrameDiscovery {
		return Frame{}, fmt.Errorf("beacon begins with %x, want e001 or e002", phy[:2])
	}
	return Frame{Type: t, Mark: Mark(phy[2:6]), Tag: Tag(phy[6:])}, nil
}
