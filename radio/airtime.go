package radio

import "time"

// The longest symbol without low data rate optimisation (SX1276 datasheet
// 4.1.1.6). Deriving the rule from it, rather than naming spreading factors,
// makes it right at every bandwidth.
const longestPlainSymbol = 16 * time.Millisecond

// quarterSymbols is the unit in which the length of a LoRa frame is a whole number.
const quarterSymbols = 4

// SymbolTime is how long one symbol lasts: 2^SF / bandwidth, exact in
// nanoseconds at LoRa's bandwidths. It is 0 for a spreading factor or a
// bandwidth that Validate refuses.
func (m LoRa) SymbolTime() time.Duration {
	if !m.SF.valid() || !validBandwidth(m.Bandwidth) {
		return 0
	}
	return time.Second << m.SF / time.Duration(m.Bandwidth)
}

// LowDataRate says whether the modem sends two bits fewer per symbol because
// its symbols last longer than 16 ms: SF11 and SF12 at 125 kHz, SF12 at 250 kHz.
func (m LoRa) LowDataRate() bool { return m.SymbolTime() > longestPlainSymbol }

// TimeOnAir is how long a frame with a payload of size bytes lasts, exact
// (SX1276 datasheet 4.1.1.7; SF5 and SF6: SX1261/2 datasheet 6.1.4). A code rate
// that is not stated counts as 4/5, a negative size as 0. It is 0 for a
// spreading factor or a bandwidth that Validate refuses.
func (m LoRa) TimeOnAir(size int) time.Duration {
	quarters := quarterSymbols*(m.preamble()+m.payloadSymbols(size)) + m.syncQuarters()
	return m.SymbolTime() * time.Duration(quarters) / quarterSymbols
}

// payloadSymbols counts the header's and the payload's symbols.
func (m LoRa) payloadSymbols(size int) int {
	if !m.SF.valid() {
		return 0
	}
	perSymbol := int(m.SF)
	if m.LowDataRate() {
		perSymbol -= 2
	}
	blocks := ceilDiv(max(m.payloadBits(size), 0), 4*perSymbol)
	return 8 + blocks*(4+int(max(m.CodeRate, CodeRate4_5)))
}

// payloadBits counts what does not fit into the eight symbols every frame has.
func (m LoRa) payloadBits(size int) int {
	bits := 8*max(size, 0) - 4*int(m.SF)
	if m.SF >= 7 {
		bits += 8
	}
	if !m.NoCRC {
		bits += 16
	}
	if !m.ImplicitHeader {
		bits += 20
	}
	return bits
}

func (m LoRa) preamble() int {
	if m.Preamble == 0 {
		return defaultLoRaPreamble
	}
	return int(m.Preamble)
}

// syncQuarters is the length of the sync word and the start of frame delimiter:
// 4.25 symbols, and 6.25 at SF5 and SF6.
func (m LoRa) syncQuarters() int {
	if m.SF <= 6 {
		return 25
	}
	return 17
}

// TimeOnAir is how long a frame with a payload of size bytes lasts, rounded up
// to the nanosecond: preamble, 3 bytes of sync word, 1 of length, payload and 2
// of CRC at the bit rate. It is 0 at bit rate 0; a negative size counts as 0.
func (m FSK) TimeOnAir(size int) time.Duration {
	if m.BitRate == 0 {
		return 0
	}
	bytes := m.preamble() + fskSyncWord + fskLength + max(size, 0)
	if !m.NoCRC {
		bytes += fskCRC
	}
	return time.Duration(ceilDiv(8*int64(bytes)*int64(time.Second), int64(m.BitRate)))
}

func (m FSK) preamble() int {
	if m.Preamble == 0 {
		return defaultFSKPreamble
	}
	return int(m.Preamble)
}

func ceilDiv[N int | int64](a, b N) N { return (a + b - 1) / b }
