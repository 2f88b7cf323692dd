package emulator

// packet is one received frame as the modems hand it over: the layout of the
// RX FIFO, typed from the reference (section 6.1), not shared with the driver.
type packet struct {
	payload   []byte
	channel   byte // 0-7, 8 service, 9 FSK
	modem     byte // 0-15 multi-SF, 16 service, 17 FSK
	sf        byte
	codeRate  byte
	crcOn     bool
	crcBad    bool
	timingSet bool
	freqError int32 // 20 bits, steps of the modem's bandwidth
	snr       int8  // quarter dB
	rssi      byte  // channel
	rssiSig   byte  // signal
	ticks     uint32
	metrics   int // pairs of fine timestamp metrics
	late      int // how many of the last of these say that the latch was a tick early
}

const packetOverhead = 23

func (p *packet) size() int { return packetOverhead + len(p.payload) + 2*p.metrics }

func (p *packet) append(b []byte) []byte {
	start := len(b)
	b = append(b, 0xA5, 0xC0, byte(len(p.payload)), p.channel,
		bit(p.crcOn, 0)|p.codeRate<<1|p.sf<<4, p.modem,
		byte(p.freqError), byte(p.freqError>>8), byte(p.freqError>>16)&0x0F)
	b = append(b, p.payload...)
	crc := payloadCRC(p.payload)
	if p.crcBad {
		crc ^= 0xFFFF
	}
	b = append(b, bit(p.crcBad, 0)|bit(p.timingSet, 4), byte(p.snr), p.rssi, p.rssiSig, 0, 0,
		byte(p.ticks), byte(p.ticks>>8), byte(p.ticks>>16), byte(p.ticks>>24),
		byte(crc), byte(crc>>8), byte(p.metrics))
	b = append(b, make([]byte, 2*p.metrics)...)
	if p.late > 0 {
		b[len(b)-p.late] = 1 // the modem's sums go on with it
	}
	return append(b, checksum(b[start:]))
}

func bit(set bool, at uint) byte {
	if set {
		return 1 << at
	}
	return 0
}

func checksum(b []byte) byte {
	var sum byte
	for _, x := range b {
		sum += x
	}
	return sum
}

// payloadCRC is the modem's CRC16: polynomial 1021, the register advanced by
// eight bits and the byte added low.
func payloadCRC(payload []byte) uint16 {
	var crc uint16
	for _, x := range payload {
		for range 8 {
			high := crc & 0x8000
			crc <<= 1
			if high != 0 {
				crc ^= 0x1021
			}
		}
		crc ^= uint16(x)
	}
	return crc
}
