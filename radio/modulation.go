package radio

import (
	"fmt"
	"time"
)

// SpreadingFactor is LoRa's spreading factor, 5 to 12.
type SpreadingFactor uint8

// LeastSNR is down to which LoRa of this spreading factor is demodulated with 10 % of
// frames lost (SX1276 and SX1302 datasheets): -7.5 dB at SF7, 2.5 dB a step.
func (sf SpreadingFactor) LeastSNR() DB { return 1000 - 250*DB(sf) }

// CodeRate is LoRa's forward error correction 4/(4+n), n = 1 to 4. Zero is
// "none stated" (FSK, or a frame without header information).
type CodeRate uint8

// The LoRa code rates.
const (
	CodeRateNone CodeRate = iota
	CodeRate4_5
	CodeRate4_6
	CodeRate4_7
	CodeRate4_8
)

// String gives "4/5" to "4/8", or "OFF".
func (c CodeRate) String() string {
	if c < CodeRate4_5 || c > CodeRate4_8 {
		return "OFF"
	}
	return fmt.Sprintf("4/%d", 4+int(c))
}

// Modulation is how a frame is modulated: LoRa or FSK, both comparable values.
type Modulation interface {
	// TimeOnAir is how long a frame with a payload of size bytes lasts.
	TimeOnAir(size int) time.Duration
	// String is the data rate in the field's notation, "SF7BW125" or "FSK50000".
	String() string
}

// LoRa is a LoRa modulation. The zero value of each option is what a LoRaWAN
// uplink uses: explicit header, CRC on, 8 symbols of preamble, IQ not inverted.
type LoRa struct {
	SF             SpreadingFactor
	Bandwidth      Hertz // 125, 250 or 500 kHz
	CodeRate       CodeRate
	Preamble       uint16 // symbols; 0 means 8
	ImplicitHeader bool
	NoCRC          bool
	InvertIQ       bool
}

// FSK is a Gaussian frequency shift keying modulation with LoRaWAN's packet format
// (variable length, whitening, CRC).
type FSK struct {
	BitRate   uint32 // bit/s
	Deviation Hertz  // peak; 0 means unstated (receivers do not know it)
	Preamble  uint16 // bytes; 0 means 5
	NoCRC     bool
}

// String gives "SF7BW125".
func (m LoRa) String() string { return fmt.Sprintf("SF%dBW%d", m.SF, m.Bandwidth/KHz) }

// String gives "FSK50000".
func (m FSK) String() string { return fmt.Sprintf("FSK%d", m.BitRate) }
