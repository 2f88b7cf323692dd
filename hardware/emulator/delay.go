package emulator

// reception is what the modem's processing time depends on.
type reception struct {
	bandwidth int // Hz
	sf        int
	codeRate  int
	crc       bool
	length    int
}

// lowDataRate as the modem has it: SF11 and SF12 at 125 kHz, SF12 at 250 kHz.
func (r reception) lowDataRate() bool {
	return r.bandwidth == 125_000 && r.sf >= 11 || r.bandwidth == 250_000 && r.sf == 12
}

// legacyDelay is the time in microseconds from the end of a frame to the instant
// its legacy timestamp was taken: filters, demapping, FFT and decoding. All in
// picoseconds until the end, as the hardware counts clock cycles. Source: the
// public HAL's correction, which has the other sign.
func (r reception) legacyDelay() int64 {
	p := int64(r.bandwidth / 125_000)
	cycle := 250_000 / p
	symbol := int64(1) << r.sf * cycle
	sf, crc, low := int64(r.sf), int64(0), int64(0)
	if r.crc {
		crc = 1
	}
	if r.lowDataRate() {
		low = 1
	}
	nibbles := 2 * (int64(r.length) + 2*crc)
	inHeader := sf - 2
	if sf < 7 {
		inHeader = sf
	}

	filters := 16_000_000/p + 2_031_250
	transform := cycle*(1<<sf-6+2*(1<<sf*((sf+1)/2-1)+6)) + 4*cycle
	if nibbles <= sf-7 || nibbles == 0 { // all of it is in the header's block
		demap := cycle + symbol*3/4 + 3*cycle + (sf-2)*cycle
		last := 2*symbol + 3*cycle
		return (filters + demap + transform + last + decode(cycle, 4, inHeader) + 500_000) / 1_000_000
	}
	perBlock := sf - 2*low
	inLast := (nibbles + 5 - inHeader) % perBlock
	if inLast == 0 {
		inLast = perBlock
	}
	demap := cycle + symbol + 3*cycle + perBlock*cycle
	last := (5-2*low)*(symbol+7*cycle) + 2*cycle
	return (filters + demap + transform + last + decode(cycle, int64(r.codeRate), inLast) + 500_000) / 1_000_000
}

func decode(cycle, codeRate, nibbles int64) int64 {
	return 8*cycle + (9*cycle+cycle*codeRate)*nibbles
}

// fineDelay is the same for a timestamp taken at the end of the header: the
// filters' delay less the time the payload symbols take.
func (r reception) fineDelay() int64 {
	p := int64(r.bandwidth / 125_000)
	filters := 16_000_000/p + 2_031_250 + 500_000
	return -(r.payloadSymbols()*r.symbolMicros()*1_000_000 - filters) / 1_000_000
}

func (r reception) symbolMicros() int64 { return int64(1) << r.sf * 1_000_000 / int64(r.bandwidth) }

// payloadSymbols counts those after the eight that hold the header. The modem's low
// data rate rule counts; the public HAL's arithmetic, which takes every SF11 and SF12
// for low, is too long at 250 and 500 kHz.
func (r reception) payloadSymbols() int64 {
	bits := 8*r.length - 4*r.sf + 20
	if r.crc {
		bits += 16
	}
	if r.sf >= 7 {
		bits += 8
	}
	perBlock := 4 * r.sf
	if r.lowDataRate() {
		perBlock = 4 * (r.sf - 2)
	}
	blocks := (max(bits, 0) + perBlock - 1) / perBlock
	return int64(blocks * (r.codeRate + 4))
}

// fskDelay is the same for FSK at a bit rate.
func fskDelay(bitRate uint32) int64 { return 20 - int64(680_000/bitRate) }
