package sx1302

import "encoding/binary"

// Packet is one entry of the RX FIFO: a frame as a modem handed it over, in the
// units of the chip. ParseFIFO reads it, AppendPacket writes it.
type Packet struct {
	Payload []byte // at most 255 bytes
	Channel uint8  // 0-7 multi-SF, 8 LoRa service, 9 FSK
	Modem   uint8  // 0-15 multi-SF, 16 LoRa service, 17 FSK

	SF       uint8 // 5 to 12 for LoRa; without meaning for FSK
	CodeRate uint8 // 4/(4+n); 3 bits as found
	HasCRC   bool  // the frame carries a payload CRC

	CRCError    bool // the modem found the payload CRC wrong
	SyncError   bool
	HeaderError bool
	TimingSet   bool // Ticks is good for a fine timestamp (SX1303)

	FrequencyError int32  // 20 bits, signed; a step is bandwidth/2^20
	SNR            int8   // quarter decibels
	RSSI           uint8  // of the channel, steps of 1 dB
	SignalRSSI     uint8  // of the signal alone
	RSSIDelta      uint8  // nibbles: largest excursion below (low) and above the channel's RSSI
	SignalDelta    uint8  // likewise of the signal's
	Ticks          uint32 // 32 MHz counter when the modem latched it
	PayloadCRC     uint16 // as received; see PayloadCRC
	Metrics        []byte // fine timestamp metrics, signed bytes, two a symbol pair, at most 510

	// Unknown holds the bits nobody has described, so that AppendPacket gives back
	// what ParseFIFO read: the high nibble of byte 8, and bits 1 and 5 to 7 of the
	// status byte.
	Unknown [2]byte
}

// The layout of a FIFO packet of L payload bytes and T metric pairs (public HAL,
// loragw_sx1302_rx.c): head, payload, tail, metrics, checksum.
const (
	syncA = 0xA5
	syncB = 0xC0

	packetHead = 9  // bytes before the payload
	packetTail = 13 // bytes between payload and metrics
	packetEnd  = 1  // the checksum

	maxPayload = 255
	maxMetrics = 2 * 255

	smallestPacket = packetHead + packetTail + packetEnd
	largestPacket  = smallestPacket + maxPayload + maxMetrics
)

// Bits of the status byte, the first of the tail.
const (
	statusCRCError    = 1 << 0
	statusSyncError   = 1 << 2
	statusHeaderError = 1 << 3
	statusTimingSet   = 1 << 4
	statusUnknown     = 0xFF &^ (statusCRCError | statusSyncError | statusHeaderError | statusTimingSet)
)

// The highest numbers a packet may carry, and which are not LoRa.
const (
	serviceChannel = 8
	fskChannel     = 9
	serviceModem   = 16
	fskModem       = 17
)

// AppendPacket appends the packet as the chip lays it out, checksum included.
// Values too large for their field are cut to it.
func AppendPacket(b []byte, p Packet) []byte {
	payload := p.Payload[:min(len(p.Payload), maxPayload)]
	metrics := p.Metrics[:min(len(p.Metrics), maxMetrics)&^1]
	start := len(b)
	b = append(b, syncA, syncB, byte(len(payload)), p.Channel,
		bitIf(p.HasCRC, 1)|p.CodeRate&7<<1|p.SF<<4, p.Modem,
		byte(p.FrequencyError), byte(p.FrequencyError>>8),
		byte(p.FrequencyError>>16)&0x0F|p.Unknown[0]&0xF0)
	b = append(b, payload...)
	b = append(b, p.status(), byte(p.SNR), p.RSSI, p.SignalRSSI, p.RSSIDelta, p.SignalDelta)
	b = binary.LittleEndian.AppendUint32(b, p.Ticks)
	b = binary.LittleEndian.AppendUint16(b, p.PayloadCRC)
	b = append(b, byte(len(metrics)/2))
	b = append(b, metrics...)
	return append(b, fifoSum(b[start:]))
}

func (p Packet) status() byte {
	return bitIf(p.CRCError, statusCRCError) | bitIf(p.SyncError, statusSyncError) |
		bitIf(p.HeaderError, statusHeaderError) | bitIf(p.TimingSet, statusTimingSet) |
		p.Unknown[1]&statusUnknown
}

// decodePacket reads one whole packet whose size, values and checksum hold. The
// payload and the metrics are parts of b.
func decodePacket(b []byte) Packet {
	size := int(b[2])
	tail := b[packetHead+size:]
	status := tail[0]
	return Packet{
		Payload: b[packetHead : packetHead+size : packetHead+size],
		Channel: b[3], Modem: b[5],
		SF: b[4] >> 4, CodeRate: b[4] >> 1 & 7, HasCRC: b[4]&1 != 0,
		CRCError: status&statusCRCError != 0, SyncError: status&statusSyncError != 0,
		HeaderError: status&statusHeaderError != 0, TimingSet: status&statusTimingSet != 0,
		FrequencyError: signed20(uint32(b[6]) | uint32(b[7])<<8 | uint32(b[8])<<16),
		SNR:            int8(tail[1]), RSSI: tail[2], SignalRSSI: tail[3],
		RSSIDelta: tail[4], SignalDelta: tail[5],
		Ticks:      binary.LittleEndian.Uint32(tail[6:]),
		PayloadCRC: binary.LittleEndian.Uint16(tail[10:]),
		Metrics:    tail[packetTail : len(tail)-packetEnd : len(tail)-packetEnd],
		Unknown:    [2]byte{b[8] & 0xF0, status & statusUnknown},
	}
}

// PayloadCRC is the payload CRC of a LoRa frame as the modem computes it:
// polynomial 0x1021 from 0, the register advanced by eight bits before each byte
// is added low (public HAL, loragw_sx1302.c). No zero padding follows.
func PayloadCRC(payload []byte) uint16 {
	var crc uint16
	for _, b := range payload {
		x := crc >> 8 // eight steps of the register at once
		x ^= x >> 4
		crc = crc<<8 ^ x<<12 ^ x<<5 ^ x ^ uint16(b)
	}
	return crc
}

// signed20 extends the sign of the low 20 bits.
func signed20(v uint32) int32 { return int32(v<<12) >> 12 }

func bitIf(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

// fifoSum is the FIFO's checksum.
func fifoSum(b []byte) (s byte) {
	for _, x := range b {
		s += x
	}
	return s
}
