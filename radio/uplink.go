package radio

import "time"

// CRCStatus says what the concentrator found in the frame's payload CRC.
type CRCStatus uint8

// The states of a payload CRC. Values are those of ChirpStack's gw.CRCStatus.
const (
	CRCNone CRCStatus = iota // the frame carries none
	CRCBad
	CRCOK
)

// String gives "none", "bad" or "ok".
func (s CRCStatus) String() string {
	switch s {
	case CRCNone:
		return "none"
	case CRCBad:
		return "bad"
	case CRCOK:
		return "ok"
	}
	return "unknown"
}

// Timestamp is an instant of one concentrator: microseconds of its counter,
// unwrapped to 64 bits, and the session they belong to. Each boot of the chip
// begins a session with a new random number, so a stale timestamp can never
// pass for a fresh one. The zero Session means "no timestamp".
type Timestamp struct {
	Session uint64
	Micros  uint64
}

// Uplink is one frame as a concentrator heard it.
type Uplink struct {
	Gateway         EUI
	PHYPayload      []byte
	Frequency       Hertz // the channel's centre
	Modulation      Modulation
	CRC             CRCStatus
	Channel         uint8 // 0-7 multi-SF, 8 LoRa service, 9 FSK
	RFChain         uint8 // 0 radio A, 1 radio B
	RSSI            DBm   // of the channel
	SignalRSSI      DBm   // of the signal alone; only if HasSignalRSSI
	HasSignalRSSI   bool
	SNR             DB    // LoRa only
	FrequencyOffset Hertz // transmitter minus receiver
	Timestamp       Timestamp
	ReceivedAt      time.Time // host clock at the end of the frame; zero: clock not trusted
	Fine            FineTime
}

// FineTime is the SX1303's fine timestamp: raw, if the concentrator set it for this
// frame, and what it means, if that is known.
type FineTime struct {
	Set     bool
	Counter uint32 // 32 MHz counter as the modem latched it
	Metrics []int8 // 2 per symbol pair, as in the FIFO

	// GPS is the end of the frame in nanoseconds as GPSTime has it. It needs pulses of a
	// GPS receiver and a host's clock that knows which second they are.
	GPS   time.Duration
	Known bool // GPS is known
}
