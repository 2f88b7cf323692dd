package sx1302

import "bytes"

// Drop is why bytes of the RX FIFO were thrown away.
type Drop uint8

// The reasons, in the order in which a packet is judged.
const (
	DropGarbage    Drop = iota // no packet begins here
	DropImpossible             // modem above 17, channel above 9 or LoRa spreading factor outside 5 to 12
	DropTruncated              // the packet's end never came
	DropChecksum
	dropReasons
)

// String gives "garbage", "impossible values", "truncated" or "checksum".
func (d Drop) String() string {
	names := [dropReasons]string{"garbage", "impossible values", "truncated", "checksum"}
	if int(d) < len(names) {
		return names[d]
	}
	return "unknown"
}

// Tally counts how often something was dropped, and how many bytes that were.
type Tally struct{ Times, Bytes int }

// FIFOReport says what became of the bytes of the RX FIFO. Each byte is in a
// packet, in the rest that waits for more, or counted here.
type FIFOReport struct {
	Packets int
	Dropped [dropReasons]Tally // by Drop
}

// DroppedBytes is how many bytes were thrown away for any reason.
func (r FIFOReport) DroppedBytes() int {
	n := 0
	for _, t := range r.Dropped {
		n += t.Bytes
	}
	return n
}

// Add adds another report's counts.
func (r *FIFOReport) Add(other FIFOReport) {
	r.Packets += other.Packets
	for i, t := range other.Dropped {
		r.Dropped[i].Times += t.Times
		r.Dropped[i].Bytes += t.Bytes
	}
}

func (r *FIFOReport) drop(why Drop, n int) {
	r.Dropped[why].Times++
	r.Dropped[why].Bytes += n
}

// ParseFIFO takes all packets out of the bytes read from the RX FIFO, in order.
// Payloads and metrics are parts of the stream, not copies.
//
// A packet that is damaged costs itself only: the search for the next one begins
// right behind its mark, so one that follows is found wherever it begins. The
// beginning of a packet whose end is still to come is returned as rest, at most
// 787 bytes, to be put before the next bytes read. With last set nothing more is
// to come, and the rest is searched instead of kept.
func ParseFIFO(stream []byte, last bool) (packets []Packet, rest []byte, report FIFOReport) {
	return parseFIFO(nil, stream, last)
}

// parseFIFO is ParseFIFO appending to packets.
func parseFIFO(packets []Packet, stream []byte, last bool) ([]Packet, []byte, FIFOReport) {
	var report FIFOReport
	for len(stream) > 0 {
		size, verdict := judge(stream)
		switch {
		case verdict == intact:
			packets = append(packets, decodePacket(stream[:size]))
			report.Packets++
		case verdict == DropTruncated && !last:
			return packets, stream, report
		default:
			size = nextMark(stream)
			report.drop(verdict, size)
		}
		stream = stream[size:]
	}
	return packets, nil, report
}

// intact is the verdict on a packet that is not dropped.
const intact = dropReasons

// judge says what b begins with: a whole packet and its size, or why not.
func judge(b []byte) (size int, verdict Drop) {
	switch {
	case b[0] != syncA || len(b) > 1 && b[1] != syncB:
		return 0, DropGarbage
	case len(b) < packetHead:
		return 0, DropTruncated
	case !possiblePacket(b[3], b[5], b[4]>>4):
		return 0, DropImpossible
	}
	size, ok := packetSize(b)
	if !ok {
		return 0, DropTruncated
	}
	if fifoSum(b[:size-packetEnd]) != b[size-packetEnd] {
		return 0, DropChecksum
	}
	return size, intact
}

// possiblePacket refuses what no modem sends. A mark found by chance is mostly refused
// here, before it can claim bytes of packets that follow.
func possiblePacket(channel, modem, sf uint8) bool {
	if channel > fskChannel || modem > fskModem {
		return false
	}
	isFSK := channel == fskChannel && modem == fskModem
	return isFSK || sf >= 5 && sf <= 12
}

// packetSize is false if b ends before the packet does.
func packetSize(b []byte) (int, bool) {
	pairs := packetHead + int(b[2]) + packetTail - 1
	if len(b) <= pairs {
		return 0, false
	}
	size := smallestPacket + int(b[2]) + 2*int(b[pairs])
	return size, len(b) >= size
}

// nextMark is where, after b's first byte, a packet may begin: at a mark, or at
// a last byte that may be the first half of one.
func nextMark(b []byte) int {
	if i := bytes.Index(b[1:], []byte{syncA, syncB}); i >= 0 {
		return 1 + i
	}
	if n := len(b) - 1; n > 0 && b[n] == syncA {
		return n
	}
	return len(b)
}
