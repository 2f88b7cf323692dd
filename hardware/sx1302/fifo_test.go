package sx1302

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// aPacket is a usual LoRa frame as a modem delivers it.
func aPacket(payload string) Packet {
	return Packet{
		Payload: []byte(payload), Channel: 2, Modem: 4, SF: 9, CodeRate: 1, HasCRC: true,
		SNR: 30, RSSI: 120, SignalRSSI: 118, Ticks: 32_000_000, PayloadCRC: PayloadCRC([]byte(payload)),
	}
}

func fifoOf(packets ...Packet) (b []byte) {
	for _, p := range packets {
		b = AppendPacket(b, p)
	}
	return b
}

// damaged is the packet with one byte of its bytes changed.
func damaged(p Packet, at int) []byte {
	b := fifoOf(p)
	b[at] ^= 0x10
	return b
}

func changed(p Packet, f func(*Packet)) Packet {
	f(&p)
	return p
}

func TestParseFIFO(t *testing.T) {
	one, two := aPacket("one"), aPacket("the second")
	metrics := changed(one, func(p *Packet) { p.Metrics = []byte{1, 0xFF}; p.TimingSet = true })
	fsk := changed(one, func(p *Packet) { p.Channel, p.Modem, p.SF = fskChannel, fskModem, 0 })
	// A whole packet as payload, and a whole packet behind a damaged head.
	nested := aPacket(string(fifoOf(two)))
	for _, c := range []struct {
		name    string
		stream  []byte
		last    bool
		want    []Packet
		rest    int
		dropped map[Drop]Tally
	}{
		{name: "nothing"},
		{name: "one", stream: fifoOf(one), want: []Packet{one}},
		{name: "two", stream: fifoOf(one, two), want: []Packet{one, two}},
		{name: "no payload", stream: fifoOf(aPacket("")), want: []Packet{aPacket("")}},
		{name: "metrics", stream: fifoOf(metrics, two), want: []Packet{metrics, two}},
		{name: "FSK has no spreading factor", stream: fifoOf(fsk), want: []Packet{fsk}},
		{name: "packet in a packet", stream: fifoOf(nested, one), want: []Packet{nested, one}},
		{
			name: "garbage before, between and after", stream: joined("xyz", fifoOf(one), "\xA5", fifoOf(two), "zz"),
			want: []Packet{one, two}, dropped: map[Drop]Tally{DropGarbage: {3, 6}},
		},
		{
			name: "checksum", stream: joined(damaged(one, 10), fifoOf(two)),
			want: []Packet{two}, dropped: map[Drop]Tally{DropChecksum: {1, 26}},
		},
		{
			name: "length too small", stream: joined(damaged(aPacket("0123456789abcdefghi"), 2), fifoOf(two)), last: true,
			want: []Packet{two}, dropped: map[Drop]Tally{DropTruncated: {1, 42}},
		},
		{
			name: "length too large, so a good one behind waits", stream: joined(damaged(one, 2), fifoOf(one)), rest: 52,
		},
		{
			name: "length too large, and no more comes", stream: joined(damaged(one, 2), fifoOf(one)), last: true,
			want: []Packet{one}, dropped: map[Drop]Tally{DropTruncated: {1, 26}},
		},
		{
			name: "damaged mark", stream: joined(damaged(one, 0), fifoOf(two)),
			want: []Packet{two}, dropped: map[Drop]Tally{DropGarbage: {1, 26}},
		},
		{
			name: "modem 18", stream: joined(fifoOf(changed(one, func(p *Packet) { p.Modem = 18 }), two)),
			want: []Packet{two}, dropped: map[Drop]Tally{DropImpossible: {1, 26}},
		},
		{
			name: "channel 10", stream: joined(fifoOf(changed(one, func(p *Packet) { p.Channel = 10 }), two)),
			want: []Packet{two}, dropped: map[Drop]Tally{DropImpossible: {1, 26}},
		},
		{
			name: "SF4", stream: joined(fifoOf(changed(one, func(p *Packet) { p.SF = 4 }), two)),
			want: []Packet{two}, dropped: map[Drop]Tally{DropImpossible: {1, 26}},
		},
		{
			name: "SF13 from the FSK modem on a LoRa channel", stream: fifoOf(changed(one, func(p *Packet) { p.SF, p.Modem = 13, fskModem })),
			dropped: map[Drop]Tally{DropImpossible: {1, 26}},
		},
		{name: "half a packet waits", stream: fifoOf(one, two)[:26+12], want: []Packet{one}, rest: 12},
		{name: "half a mark waits", stream: joined(fifoOf(one), "\xA5"), want: []Packet{one}, rest: 1},
		{name: "half a mark waits behind garbage", stream: []byte("xx\xA5"), rest: 1, dropped: map[Drop]Tally{DropGarbage: {1, 2}}},
		{
			name: "half a packet at the end", stream: fifoOf(one, two)[:26+12], last: true,
			want: []Packet{one}, dropped: map[Drop]Tally{DropTruncated: {1, 12}},
		},
		{
			name: "a good packet behind half a packet", stream: joined(fifoOf(two)[:12], fifoOf(one)), last: true,
			want: []Packet{one}, dropped: map[Drop]Tally{DropTruncated: {1, 12}},
		},
		{name: "a mark alone", stream: []byte{syncA, syncB}, last: true, dropped: map[Drop]Tally{DropTruncated: {1, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			packets, rest, report := ParseFIFO(c.stream, c.last)
			if diff := cmp.Diff(c.want, packets, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("packets (-want +got):\n%s", diff)
			}
			if len(rest) != c.rest {
				t.Errorf("rest of %d bytes, want %d", len(rest), c.rest)
			}
			for reason := range dropReasons {
				if got := report.Dropped[reason]; got != c.dropped[reason] {
					t.Errorf("%v: %+v, want %+v", reason, got, c.dropped[reason])
				}
			}
		})
	}
}

func joined(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

func TestReportAdds(t *testing.T) {
	_, _, a := ParseFIFO(joined("xx", fifoOf(aPacket("a"))), true)
	_, _, b := ParseFIFO(damaged(aPacket("a"), 9), true)
	sum := a
	sum.Add(b)
	if sum.Packets != 1 || sum.DroppedBytes() != 2+24 {
		t.Errorf("%+v", sum)
	}
	if DropChecksum.String() != "checksum" || dropReasons.String() != "unknown" {
		t.Error(DropChecksum, dropReasons)
	}
}

// judgePlainly is the rule of ParseFIFO without its care for speed: at every place
// in turn, a packet that says what it is and whose checksum holds is taken.
func judgePlainly(stream []byte) (found [][]byte) {
	for at := 0; at+smallestPacket <= len(stream); at++ {
		b := stream[at:]
		if b[0] != 0xA5 || b[1] != 0xC0 || b[3] > 9 || b[5] > 17 {
			continue
		}
		if sf := b[4] >> 4; (sf < 5 || sf > 12) && !(b[3] == 9 && b[5] == 17) {
			continue
		}
		end := 23 + int(b[2])
		if end > len(b) {
			continue
		}
		if end += 2 * int(b[end-2]); end > len(b) {
			continue
		}
		var total byte
		for _, x := range b[:end-1] {
			total += x
		}
		if total == b[end-1] {
			found = append(found, b[:end])
			at += end - 1
		}
	}
	return found
}

// stream is a run of good and damaged packets and garbage, marks among it.
func drawStream(t *rapid.T) []byte {
	piece := rapid.Custom(func(t *rapid.T) []byte {
		p := fifoOf(drawPacket(t))
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "garbage")
		case 1:
			return rapid.SliceOfN(rapid.SampledFrom([]byte{0xA5, 0xC0, 0, 2, 0x71}), 0, 30).Draw(t, "marks")
		case 2:
			p[rapid.IntRange(0, len(p)-1).Draw(t, "place")] ^= byte(rapid.IntRange(1, 255).Draw(t, "damage"))
		case 3:
			p = p[:rapid.IntRange(0, len(p)).Draw(t, "cut")]
		}
		return p
	})
	return bytes.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), nil)
}

func drawPacket(t *rapid.T) Packet {
	return Packet{
		Payload: rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "payload"),
		Channel: rapid.Uint8Range(0, 9).Draw(t, "channel"), Modem: rapid.Uint8Range(0, 17).Draw(t, "modem"),
		SF: rapid.Uint8Range(5, 12).Draw(t, "SF"), CodeRate: rapid.Uint8Range(0, 7).Draw(t, "CR"),
		HasCRC: rapid.Bool().Draw(t, "CRC"), CRCError: rapid.Bool().Draw(t, "error"),
		TimingSet:      rapid.Bool().Draw(t, "timing"),
		FrequencyError: rapid.Int32Range(-1<<19, 1<<19-1).Draw(t, "frequency"),
		SNR:            rapid.Int8().Draw(t, "SNR"), RSSI: rapid.Uint8().Draw(t, "RSSI"),
		Ticks: rapid.Uint32().Draw(t, "ticks"), PayloadCRC: rapid.Uint16().Draw(t, "payload CRC"),
		Metrics: rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "metrics"),
	}
}

// feed gives the parser a stream in pieces and then says that it has ended.
func feed(t fataler, pieces [][]byte) (packets []Packet, report FIFOReport) {
	var kept []byte
	for i := 0; i <= len(pieces); i++ {
		last := i == len(pieces)
		if !last {
			kept = append(bytes.Clone(kept), pieces[i]...)
		}
		got, rest, r := ParseFIFO(kept, last)
		if len(rest) >= largestPacket {
			t.Fatalf("%d bytes wait for the rest of a packet", len(rest))
		}
		packets, kept = append(packets, got...), rest
		report.Add(r)
	}
	if len(kept) > 0 {
		t.Fatalf("%d bytes left", len(kept))
	}
	return packets, report
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// checkStream compares what came out of a stream with the plain rule.
func checkStream(t fataler, stream []byte, packets []Packet, report FIFOReport) {
	want := judgePlainly(stream)
	if len(packets) != len(want) || report.Packets != len(want) {
		t.Fatalf("%d packets, %d reported, want %d", len(packets), report.Packets, len(want))
	}
	bytesOf := 0
	for i, p := range packets {
		if got := fifoOf(p); !bytes.Equal(got, want[i]) {
			t.Fatalf("packet %d is %x, want %x", i, got, want[i])
		}
		bytesOf += len(want[i])
	}
	if bytesOf+report.DroppedBytes() != len(stream) {
		t.Fatalf("%d bytes in packets and %d dropped of %d", bytesOf, report.DroppedBytes(), len(stream))
	}
}

func TestEveryWholePacketIsFoundHoweverTheStreamIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := drawStream(t)
		var pieces [][]byte
		for left := stream; len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(t, "piece")
			pieces, left = append(pieces, left[:n]), left[n:]
		}
		packets, report := feed(t, pieces)
		checkStream(t, stream, packets, report)
	})
}

// With nothing between the packets that looks like a mark, all come out.
func TestGoodPacketsAmongGarbageAllArrive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []Packet
		for range rapid.IntRange(0, 8).Draw(t, "packets") {
			for range rapid.IntRange(0, 20).Draw(t, "garbage") {
				stream = append(stream, rapid.Byte().Filter(func(b byte) bool { return b != syncB }).Draw(t, "byte"))
			}
			p := drawPacket(t)
			p.Metrics = p.Metrics[:len(p.Metrics)&^1]
			stream, want = AppendPacket(stream, p), append(want, p)
		}
		packets, _ := feed(t, [][]byte{stream})
		if diff := cmp.Diff(want, packets, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func FuzzParseFIFO(f *testing.F) {
	one := fifoOf(aPacket("one"))
	f.Add([]byte{}, 0)
	f.Add(one, 5)
	f.Add(joined("x", one, damaged(aPacket("two"), 2), one), 30)
	f.Add(joined(one[:20], one), 21)
	f.Add(bytes.Repeat([]byte{syncA, syncB}, 400), 7)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		if len(stream) > RXFIFOSize {
			return
		}
		if cut < 0 || cut > len(stream) {
			cut = len(stream)
		}
		packets, report := feed(t, [][]byte{stream[:cut], stream[cut:]})
		checkStream(t, stream, packets, report)
	})
}

func FuzzAppendPacket(f *testing.F) {
	f.Add([]byte("payload"), []byte{1, 2}, uint8(3), uint8(5), uint8(7), uint8(1), int32(-5), uint8(0x1D), uint32(99))
	f.Add(bytes.Repeat([]byte{syncA, syncB}, 200), bytes.Repeat([]byte{3}, 700), uint8(9), uint8(17), uint8(0), uint8(9), int32(1<<24), uint8(0xFF), uint32(1))
	f.Fuzz(func(t *testing.T, payload, metrics []byte, channel, modem, sf, rate uint8, frequency int32, status uint8, ticks uint32) {
		p := Packet{
			Payload: payload, Metrics: metrics, Channel: channel % 10, Modem: modem % 17, SF: 5 + sf%8, CodeRate: rate,
			FrequencyError: frequency, TimingSet: status&1 != 0, CRCError: status&2 != 0, Unknown: [2]byte{status, status}, Ticks: ticks,
		}
		b := AppendPacket([]byte("before"), p)[len("before"):]
		got, rest, report := ParseFIFO(b, false)
		if len(got) != 1 || len(rest) != 0 || report.DroppedBytes() != 0 {
			t.Fatalf("%d packets, rest of %d, %+v", len(got), len(rest), report)
		}
		if again := fifoOf(got[0]); !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}
