package sx1302

import (
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPayloadCRC(t *testing.T) {
	for _, c := range []struct {
		payload string
		want    uint16
	}{
		{"", 0},
		{"01", 0x0001},
		{"40aabbccdd80010001a1b2c3d4deadbeef", 0x6122},
	} {
		b, err := hex.DecodeString(c.payload)
		if err != nil {
			t.Fatal(err)
		}
		if got := PayloadCRC(b); got != c.want {
			t.Errorf("%s: %04x, want %04x", c.payload, got, c.want)
		}
	}
}

// FuzzPayloadCRC compares the CRC with its definition, bit by bit.
func FuzzPayloadCRC(f *testing.F) {
	f.Add([]byte{0xFF, 0x80, 0x00, 0x01})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var crc uint16
		for _, b := range payload {
			for range 8 {
				carry := crc >> 15
				crc = crc<<1 ^ carry*0x1021
			}
			crc ^= uint16(b)
		}
		if got := PayloadCRC(payload); got != crc {
			t.Errorf("%04x, want %04x", got, crc)
		}
	})
}

// Every field at its place, typed from the layout and not written by AppendPacket.
func TestPacketLayout(t *testing.T) {
	b, err := hex.DecodeString("a5c0" + "02" + "08" + "b7" + "10" + "fefff8" + // head: frequency error -2^19+65534
		"c3d4" + // payload
		"fd" + "ec" + "78" + "76" + "21" + "43" + "04030201" + "2261" + "01" + // tail
		"7f80") // metrics
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, fifoSum(b))
	want := Packet{
		Payload: []byte{0xC3, 0xD4}, Channel: 8, Modem: 16, SF: 11, CodeRate: 3, HasCRC: true,
		CRCError: true, SyncError: true, HeaderError: true, TimingSet: true,
		FrequencyError: -1<<19 + 65534, SNR: -20, RSSI: 0x78, SignalRSSI: 0x76, RSSIDelta: 0x21, SignalDelta: 0x43,
		Ticks: 0x01020304, PayloadCRC: 0x6122, Metrics: []byte{0x7F, 0x80}, Unknown: [2]byte{0xF0, 0xE0},
	}
	got, _, _ := ParseFIFO(b, true)
	if diff := cmp.Diff([]Packet{want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b, fifoOf(want)); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}
