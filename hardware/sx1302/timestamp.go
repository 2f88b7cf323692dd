package sx1302

import (
	"time"

	"hexspot/radio"
)

// The modem latches its counter when it has decoded a frame (legacy mode) or at
// the end of the header (fine mode); a frame's timestamp is the end of the frame
// on the air. The difference is the time the chip's filters and decoder take, in
// picoseconds below, a model of the public HAL (loragw_sx1302_timestamp.c).
const (
	filterAt125 = 16_000_000 // of the channel filter at 125 kHz; half of it at 250 kHz
	filterFixed = 2_031_250  // I/Q from 32 to 4 MHz
	clockAt125  = 250_000    // period of the modem's clock at 125 kHz
	rounding    = 500_000    // half a microsecond

	picosPerMicro = 1_000_000
)

// bandwidthFactor is the bandwidth in units of 125 kHz.
func bandwidthFactor(m radio.LoRa) int64 { return int64(m.Bandwidth / (125 * radio.KHz)) }

func filterDelay(m radio.LoRa) int64 { return filterAt125/bandwidthFactor(m) + filterFixed }

// legacyCorrection is what to add to the latched time of a frame of size bytes in
// legacy mode. It is negative. m is one that Validate accepts but for the code
// rate, which may be none.
func legacyCorrection(m radio.LoRa, size int) time.Duration {
	d := newDecoder(m, size)
	clocks := d.demap() + d.transformHeader() + d.transform() + d.decode()
	picos := filterDelay(m) + clocks*(clockAt125/bandwidthFactor(m)) + rounding
	return -time.Duration(picos/picosPerMicro) * time.Microsecond
}

// decoder is what the last block of a frame keeps the modem busy with. Its delays
// are in cycles of the modem's clock.
type decoder struct {
	sf, symbol int64 // spreading factor, and clocks a symbol
	low        int64 // 1 with low data rate optimisation
	rate       int64 // of the block's code
	nibbles    int64 // in the block
	inHeader   bool  // the payload fits in the header's symbols
}

func newDecoder(m radio.LoRa, size int) decoder {
	d := decoder{sf: int64(m.SF), symbol: 1 << m.SF, rate: int64(m.CodeRate)}
	if m.LowDataRate() {
		d.low = 1
	}
	bytes := int64(size)
	if !m.NoCRC {
		bytes += 2
	}
	d.inHeader = bytes == 0 || 2*bytes <= d.sf-7
	if d.inHeader {
		d.rate, d.nibbles = 4, d.headerNibbles()
		return d
	}
	d.nibbles = (2*bytes + 5 - d.headerNibbles()) % d.perBlock()
	if d.nibbles == 0 {
		d.nibbles = d.perBlock()
	}
	return d
}

func (d decoder) perBlock() int64 { return d.sf - 2*d.low }

func (d decoder) headerNibbles() int64 {
	if d.sf < 7 {
		return d.sf
	}
	return d.sf - 2
}

func (d decoder) demap() int64 {
	if d.inHeader {
		return 4 + 3*d.symbol/4 + d.sf - 2
	}
	return 4 + d.symbol + d.perBlock()
}

func (d decoder) transformHeader() int64 {
	passes := (d.sf+1)/2 - 1
	return d.symbol - 6 + 2*(d.symbol*passes+6) + 4
}

func (d decoder) transform() int64 {
	if d.inHeader {
		return 2*d.symbol + 3
	}
	return (5-2*d.low)*(d.symbol+7) + 2
}

func (d decoder) decode() int64 { return 8 + (9+d.rate)*d.nibbles }

// fineCorrection is what to add to the latched time of a frame of size bytes in
// fine timestamp mode: the payload's time on air less the filters' delay.
func fineCorrection(m radio.LoRa, size int) time.Duration {
	picos := int64(payloadTime(m, size)/time.Microsecond)*picosPerMicro - filterDelay(m) - rounding
	return time.Duration(picos/picosPerMicro) * time.Microsecond
}

// payloadTime is the time on air behind the preamble, the sync word and the eight
// symbols that hold the header.
func payloadTime(m radio.LoRa, size int) time.Duration {
	quarters := 4*(8+8) + 17
	if m.SF <= 6 {
		quarters += 8
	}
	m.Preamble = 8
	return m.TimeOnAir(size) - time.Duration(quarters)*m.SymbolTime()/4
}

// fskCorrection is what to add to the latched time of an FSK frame.
func fskCorrection(bitRate uint32) time.Duration {
	return time.Duration(680_000/bitRate)*time.Microsecond - 20*time.Microsecond
}

// latched gives the time of a value latched by the chip before the latest reading
// of the counter and less than a turn of the counter ago.
func latched(u *radio.Unwrapper, ticks uint32) radio.Timestamp {
	t := u.Stamp(uint64(ticks))
	if late, ok := t.Sub(u.Latest()); ok && late > 0 {
		return t.Add(-counterTurn)
	}
	return t
}

// counterTurn is how long the 32-bit counter takes to begin anew.
const counterTurn = (1 << 32) / 32 * time.Microsecond
