package radio

import "time"

// Downlink is one frame to be transmitted.
type Downlink struct {
	PHYPayload []byte
	Frequency  Hertz
	EIRP       DBm
	Modulation Modulation
	When       Timing
}

// Timing says when a downlink is to start. Exactly one way is meant: at a
// counter value if At.Session is set, else at a GPS time if GPS is not zero,
// else as soon as possible.
type Timing struct {
	At  Timestamp
	GPS time.Duration // since 1980-01-06 00:00:00 UTC, leap seconds not counted
}

// TxStatus is what became of a downlink. Values are those of ChirpStack's
// gw.TxAckStatus.
type TxStatus uint8

// The outcomes of a downlink.
const (
	TxIgnored TxStatus = iota // another item of the command was tried
	TxOK                      // programmed for transmission
	TxTooLate
	TxTooEarly
	TxCollisionPacket
	TxCollisionBeacon
	TxFrequency
	TxPower
	TxGPSUnlocked
	TxQueueFull
	TxInternalError
	TxDutyCycleOverflow
)

var txStatusNames = [...]string{
	TxIgnored: "IGNORED", TxOK: "OK", TxTooLate: "TOO_LATE", TxTooEarly: "TOO_EARLY",
	TxCollisionPacket: "COLLISION_PACKET", TxCollisionBeacon: "COLLISION_BEACON",
	TxFrequency: "TX_FREQ", TxPower: "TX_POWER", TxGPSUnlocked: "GPS_UNLOCKED",
	TxQueueFull: "QUEUE_FULL", TxInternalError: "INTERNAL_ERROR",
	TxDutyCycleOverflow: "DUTY_CYCLE_OVERFLOW",
}

// String gives ChirpStack's name of the status.
func (s TxStatus) String() string {
	if int(s) < len(txStatusNames) {
		return txStatusNames[s]
	}
	return "UNKNOWN"
}
