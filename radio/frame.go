package radio

import "encoding/hex"

// MaxFrame is the most bytes a frame's payload may have: its length is one byte
// on air.
const MaxFrame = 255

// FrameKind is what a frame is, as far as a gateway can tell without keys.
type FrameKind uint8

// The kinds of frames.
const (
	FrameInvalid FrameKind = iota // no LoRaWAN frame; Frame.Reason says why
	FrameDataUp
	FrameDataDown
	FrameJoinRequest
	FrameJoinAccept // encrypted: nothing in it can be read
	FrameRejoinRequest
	FrameProprietary // beacons of protocol hexspot/1 are among these
)

var frameKindNames = [...]string{
	FrameInvalid: "invalid", FrameDataUp: "data up", FrameDataDown: "data down", FrameJoinRequest: "join request",
	FrameJoinAccept: "join accept", FrameRejoinRequest: "rejoin request", FrameProprietary: "proprietary",
}

// String gives the kind in words, "data up".
func (k FrameKind) String() string {
	if int(k) < len(frameKindNames) {
		return frameKindNames[k]
	}
	return "unknown"
}

// Uplink says whether such a frame goes from a device to the network.
func (k FrameKind) Uplink() bool {
	return k == FrameDataUp || k == FrameJoinRequest || k == FrameRejoinRequest
}

// MType is the message type, the top three bits of a frame (LoRaWAN 1.0.4,
// 4.2.1). It is stated for invalid frames too, unless they are empty.
type MType uint8

// The message types.
const (
	MTypeJoinRequest MType = iota
	MTypeJoinAccept
	MTypeUnconfirmedDataUp
	MTypeUnconfirmedDataDown
	MTypeConfirmedDataUp
	MTypeConfirmedDataDown
	MTypeRejoinRequest
	MTypeProprietary
)

// Confirmed says whether the receiver of such a frame is to acknowledge it.
func (m MType) Confirmed() bool { return m == MTypeConfirmedDataUp || m == MTypeConfirmedDataDown }

// DevAddr is a device address, first byte highest.
type DevAddr [4]byte

// String gives 8 lower-case hexadecimal digits.
func (a DevAddr) String() string { return hex.EncodeToString(a[:]) }

// Frame is what a gateway can read of a PHYPayload. Fields that the kind does not
// have are zero. Nothing is authenticated: anyone can send any of it.
type Frame struct {
	Kind   FrameKind
	Reason string // why the frame is invalid, else empty
	MType  MType

	DevAddr  DevAddr // data
	FCnt     uint16  // data: the low half of the counter
	FPort    uint8   // data, if HasFPort
	HasFPort bool

	JoinEUI    EUI   // join request, rejoin request of type 1
	DevEUI     EUI   // join and rejoin request
	RejoinType uint8 // 0, 1 or 2
}
