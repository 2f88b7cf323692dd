package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"hexspot/radio"
)

// Frame is an uplink on its way to the networks, with the identity that it
// keeps however often it is sent.
type Frame struct {
	radio.Uplink
	Context  [radio.ContextSize]byte // session and counter; networks give it back with a downlink
	UplinkID uint32

	// Waited says that the frame was not sent when it came: its destination was
	// away, or it was kept in a store.
	Waited bool

	stored  uint64    // its number in the store, 0 if it is not there
	offered time.Time // to the forwarder; zero if it comes from the store
}

// NewFrame gives an uplink its identity: the upper 32 bits of
// SHA-256(EUI | context | PHYPayload).
func NewFrame(u radio.Uplink) Frame {
	f := Frame{Uplink: u}
	radio.AppendContext(f.Context[:0], u.Timestamp)
	h := sha256.New()
	h.Write(u.Gateway[:])
	h.Write(f.Context[:])
	h.Write(u.PHYPayload)
	var sum [sha256.Size]byte
	f.UplinkID = binary.BigEndian.Uint32(h.Sum(sum[:0]))
	return f
}

// size is about how much memory a waiting frame takes.
func (f *Frame) size() int { return frameOverhead + len(f.PHYPayload) + len(f.Fine.Metrics) }

const frameOverhead = 256
