package spool

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
	"hexspot/radio"
)

// samples are frames with every field in use.
func samples() map[string]gateway.Frame {
	at := time.Date(2026, 11, 28, 6, 0, 0, 123456789, time.UTC)
	full := radio.Uplink{
		Gateway: radio.EUI{0xff, 1, 2, 3, 4, 5, 6, 7}, PHYPayload: bytes.Repeat([]byte{0xa5}, 255), Frequency: 868_300_000,
		Modulation: radio.LoRa{SF: 12, Bandwidth: 500 * radio.KHz, CodeRate: radio.CodeRate4_8, Preamble: 65535, ImplicitHeader: true, NoCRC: true, InvertIQ: true},
		CRC:        radio.CRCOK, Channel: 9, RFChain: 1, RSSI: math.MinInt32, SignalRSSI: -12345, HasSignalRSSI: true, SNR: -2025,
		FrequencyOffset: -31_000, Timestamp: radio.Timestamp{Session: math.MaxUint64, Micros: math.MaxUint64}, ReceivedAt: at,
		Fine: radio.FineTime{Set: true, Counter: math.MaxUint32, Metrics: []int8{-128, 127, 0, 1}},
	}
	fsk := full
	fsk.Modulation, fsk.SNR, fsk.ReceivedAt, fsk.Fine = radio.FSK{BitRate: 50_000, Deviation: 25_000, Preamble: 5, NoCRC: true}, 0, time.Time{}, radio.FineTime{}
	fsk.PHYPayload = []byte{}
	return map[string]gateway.Frame{"LoRa": gateway.NewFrame(full), "FSK": gateway.NewFrame(fsk), "plain": *storetest.Frame(7, at)}
}

func TestFrameRowKeepsEverything(t *testing.T) {
	for name, f := range samples() {
		f.UplinkID ^= 0x5555 // another version's way of working it out
		row, err := AppendFrame([]byte("before"), &f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := ParseFrame(bytes.TrimPrefix(row, []byte("before")))
		if diff := cmp.Diff(f, back, unexported); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// unexported is what a frame has of one forwarder's queue, which is none of the row's.
var unexported = cmpopts.IgnoreUnexported(gateway.Frame{})

// TestFrameRowGolden: rows of programs in the field stay readable.
func TestFrameRowGolden(t *testing.T) {
	const golden = "01080102030405060708000000000000000700000000000000072c69850e33be27a0020000ffffe0c000000000000001f40000000018ec200eface" +
		"8d150000000007010001e848000000000d40aabbccdd80070001a1b20000" // worked out in another language
	f := samples()["plain"]
	row, err := AppendFrame(nil, &f)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(row); got != golden {
		t.Errorf("the row is\n%s, want\n%s", got, golden)
	}
}

func TestFrameRowRefuses(t *testing.T) {
	good := samples()["LoRa"]
	row, err := AppendFrame(nil, &good)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, value byte) []byte {
		b := bytes.Clone(row)
		b[at] = value
		return b
	}
	for name, b := range map[string][]byte{
		"empty": {}, "short": row[:len(row)-1], "long": append(bytes.Clone(row), 0),
		"version": changed(0, 2), "unknown flag": changed(1, 0xff), "LoRa's flag with FSK": changed(1, flagFSK|flagInvertIQ|flagReceivedAt),
	} {
		if _, err := ParseFrame(b); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	for name, change := range map[string]func(*gateway.Frame){
		"payload":    func(f *gateway.Frame) { f.PHYPayload = make([]byte, 256) },
		"metrics":    func(f *gateway.Frame) { f.Fine.Metrics = make([]int8, 511) },
		"frequency":  func(f *gateway.Frame) { f.Frequency = 1 << 32 },
		"negative":   func(f *gateway.Frame) { f.Frequency = -1 },
		"offset":     func(f *gateway.Frame) { f.FrequencyOffset = 1 << 31 },
		"modulation": func(f *gateway.Frame) { f.Modulation = nil },
	} {
		f := good
		change(&f)
		if _, err := AppendFrame(nil, &f); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// FuzzParseFrame: a row that is read is the row of the frame it gives.
func FuzzParseFrame(f *testing.F) {
	for _, frame := range samples() {
		row, err := AppendFrame(nil, &frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		frame, err := ParseFrame(row)
		if err != nil {
			return
		}
		again, err := AppendFrame(nil, &frame)
		if err != nil || !bytes.Equal(again, row) {
			t.Fatalf("read %x, written again %x, %v", row, again, err)
		}
	})
}
