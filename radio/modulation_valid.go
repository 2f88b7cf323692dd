package radio

import "fmt"

// The defaults of LoRaWAN and of the concentrator's packet engine.
const (
	defaultLoRaPreamble = 8 // symbols
	defaultFSKPreamble  = 5 // bytes
	fskSyncWord         = 3 // bytes, C1 94 C1
	fskLength           = 1
	fskCRC              = 2
)

// What the concentrator's FSK modem can do (public HAL: loragw_hal.h, and the
// checks of lgw_send).
const (
	minBitRate   = 500     // bit/s
	maxBitRate   = 250_000 // bit/s
	minDeviation = 1 * KHz
	maxDeviation = 200 * KHz
)

func (sf SpreadingFactor) valid() bool { return sf >= 5 && sf <= 12 }

func validBandwidth(b Hertz) bool { return b == 125*KHz || b == 250*KHz || b == 500*KHz }

// Validate refuses what an SX1302 cannot modulate: SF5 to SF12, 125, 250 or
// 500 kHz and a stated code rate are needed.
func (m LoRa) Validate() error {
	switch {
	case !m.SF.valid():
		return fmt.Errorf("LoRa spreading factor %d: want 5 to 12", m.SF)
	case !validBandwidth(m.Bandwidth):
		return fmt.Errorf("LoRa bandwidth %d Hz: want 125000, 250000 or 500000", m.Bandwidth)
	case m.CodeRate < CodeRate4_5 || m.CodeRate > CodeRate4_8:
		return fmt.Errorf("LoRa code rate 4/(4+%d): want 4/5 to 4/8", m.CodeRate)
	}
	return nil
}

// Validate refuses what an SX1302 cannot modulate: 500 to 250,000 bit/s and a
// deviation of 1 to 200 kHz, or none stated.
func (m FSK) Validate() error {
	switch {
	case m.BitRate < minBitRate || m.BitRate > maxBitRate:
		return fmt.Errorf("FSK bit rate %d: want %d to %d bit/s", m.BitRate, minBitRate, maxBitRate)
	case m.Deviation != 0 && (m.Deviation < minDeviation || m.Deviation > maxDeviation):
		return fmt.Errorf("FSK deviation %d Hz: want %d to %d", m.Deviation, minDeviation, maxDeviation)
	}
	return nil
}
