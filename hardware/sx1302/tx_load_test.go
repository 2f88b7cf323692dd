package sx1302

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
	"hexspot/radio"
)

// script is what a load writes, in order, as "address=value" or, for a part of a
// byte, "address&mask=value".
func script(t *testing.T, ops []hardware.Op) (steps []string, memory map[uint16]byte) {
	t.Helper()
	memory = make(map[uint16]byte)
	for _, f := range Fields() {
		memory[f.Address] |= f.Reset << f.Bit
	}
	for _, op := range ops {
		switch {
		case op.Out == nil:
			steps = append(steps, fmt.Sprintf("%04X&%02X=%02X", op.Address, op.Mask, op.Value))
			memory[op.Address] = memory[op.Address]&^op.Mask | op.Value
		case op.Out[1]&writeBit != 0:
			address := binary.BigEndian.Uint16(op.Out[1:]) &^ (writeBit << 8)
			for i, b := range op.Out[writeHeader:] {
				memory[address+uint16(i)] = b
			}
			steps = append(steps, fmt.Sprintf("%04X=% X", address, op.Out[writeHeader:]))
		default:
			steps = append(steps, fmt.Sprintf("%04X?", binary.BigEndian.Uint16(op.Out[1:])))
		}
	}
	return steps, memory
}

// place is a field by address and bits, and its value.
type place struct {
	address    uint16
	bit, width uint8
	value      byte
}

func (p place) String() string { return fmt.Sprintf("%04X:%d+%d", p.address, p.bit, p.width) }

// Places and values typed from the public description of the chip.
var loads = []struct {
	name         string
	chain        int
	private      bool
	transmission radio.Transmission
	want         []place
	memory       []byte
}{
	{
		name: "SF9 at an instant",
		transmission: radio.Transmission{
			PHYPayload: []byte{1, 2, 3}, Frequency: 869_525 * radio.KHz, Conducted: 1400,
			Modulation: radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, NoCRC: true, InvertIQ: true},
			Trigger:    radio.Trigger{At: radio.Timestamp{Session: 1, Micros: 10_500_000}},
		},
		want: []place{
			{0x5200, 0, 3, 0x02}, {0x5201, 0, 8, 0x14}, {0x5202, 0, 8, 0x06}, {0x5203, 0, 8, 0x3A}, {0x5204, 0, 8, 0xCB},
			{0x5205, 0, 8, 0xB9}, {0x5206, 0, 8, 0x35}, {0x5207, 0, 1, 0}, {0x5209, 0, 1, 0}, {0x520C, 0, 8, 4}, {0x520D, 0, 8, 17},
			{0x5220, 0, 2, 1}, {0x5222, 0, 2, 0}, {0x5223, 0, 8, 0}, {0x5224, 0, 8, 0},
			{0x5225, 0, 8, 0x6C}, {0x5226, 0, 8, 0xB0}, {0x5227, 0, 8, 0xCC}, {0x5228, 0, 4, 0x02}, {0x5229, 0, 8, 0x00},
			{0x5260, 0, 8, 0x49}, {0x5261, 0, 3, 1}, {0x5261, 4, 2, 0}, {0x5261, 6, 2, 0},
			{0x5262, 0, 1, 0}, {0x5262, 1, 1, 0}, {0x5262, 4, 2, 2}, {0x5262, 6, 1, 1}, {0x5262, 7, 1, 0},
			{0x5263, 0, 8, 3}, {0x5265, 7, 1, 1}, {0x5266, 0, 8, 8}, {0x5267, 0, 8, 0},
			{0x5269, 0, 1, 0}, {0x5269, 1, 1, 1}, {0x5269, 4, 3, 6}, {0x526D, 0, 5, 6}, {0x526E, 0, 5, 8},
		},
		memory: []byte{1, 2, 3},
	},
	{
		name: "SF12 at 500 kHz on chain B, at once, 27 dBm", chain: 1,
		transmission: radio.Transmission{
			PHYPayload: []byte{9}, Frequency: 923_300 * radio.KHz, Conducted: 2799,
			Modulation: radio.LoRa{SF: 12, Bandwidth: 500 * radio.KHz, CodeRate: radio.CodeRate4_8, Preamble: 300},
		},
		want: []place{
			{0x5400, 0, 3, 0x01}, {0x5405, 0, 8, 0xBA}, {0x5406, 0, 8, 0x5D}, {0x540C, 0, 8, 6}, {0x540D, 0, 8, 0x40 | 14},
			{0x5425, 0, 8, 0x73}, {0x5426, 0, 8, 0x69}, {0x5427, 0, 8, 0x99}, {0x5428, 0, 4, 0x08}, {0x5429, 0, 8, 0x00},
			{0x5460, 0, 8, 0x6C}, {0x5461, 0, 3, 4}, {0x5461, 4, 2, 0}, {0x5462, 0, 1, 1}, {0x5466, 0, 8, 0x2C}, {0x5467, 0, 8, 0x01},
			{0x5469, 1, 1, 0}, {0x5469, 4, 3, 7}, {0x546D, 0, 5, 6}, {0x5200, 0, 3, 0}, {0x5260, 0, 8, 0x57},
		},
		memory: []byte{9},
	},
	{
		name: "SF12 at 250 kHz with low data rate, implicit header, at a pulse",
		transmission: radio.Transmission{
			PHYPayload: []byte{9, 8}, Frequency: 433_175 * radio.KHz, Conducted: 1200,
			Modulation: radio.LoRa{SF: 12, Bandwidth: 250 * radio.KHz, CodeRate: radio.CodeRate4_6, ImplicitHeader: true, Preamble: 2},
			Trigger:    radio.Trigger{OnPulse: true},
		},
		want: []place{
			{0x5200, 0, 3, 0x04}, {0x5205, 0, 8, 0xB9}, {0x5206, 0, 8, 0x4C}, {0x520C, 0, 8, 5}, {0x520D, 0, 8, 15}, {0x5228, 0, 4, 0x04},
			{0x5225, 0, 8, 0x36}, {0x5226, 0, 8, 0x25}, {0x5227, 0, 8, 0x99},
			{0x5260, 0, 8, 0x5C}, {0x5261, 0, 3, 2}, {0x5261, 4, 2, 1}, {0x5262, 1, 1, 1}, {0x5266, 0, 8, 6}, {0x5269, 4, 3, 7},
		},
		memory: []byte{9, 8},
	},
	{
		name: "SF6 has the private sync word and fine synchronisation",
		transmission: radio.Transmission{
			PHYPayload: []byte{7}, Frequency: 867_100 * radio.KHz, Conducted: 1800,
			Modulation: radio.LoRa{SF: 6, Bandwidth: 500 * radio.KHz, CodeRate: radio.CodeRate4_7},
		},
		want: []place{
			{0x5205, 0, 8, 0xBA}, {0x5206, 0, 8, 0xDD}, {0x520D, 0, 8, 0x41}, {0x5260, 0, 8, 0x66}, {0x5262, 7, 1, 1},
			{0x5266, 0, 8, 8}, {0x526D, 0, 5, 2}, {0x526E, 0, 5, 4},
		},
		memory: []byte{7},
	},
	{
		name: "private network", private: true,
		transmission: radio.Transmission{
			PHYPayload: []byte{7}, Frequency: 867_100 * radio.KHz, Conducted: 1800,
			Modulation: radio.LoRa{SF: 10, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_7},
		},
		want:   []place{{0x5205, 0, 8, 0xB7}, {0x5206, 0, 8, 0x35}, {0x5269, 4, 3, 7}, {0x526D, 0, 5, 2}, {0x526E, 0, 5, 4}},
		memory: []byte{7},
	},
	{
		name: "FSK", chain: 1,
		transmission: radio.Transmission{
			PHYPayload: []byte{5, 6}, Frequency: 868_800 * radio.KHz, Conducted: 2500,
			Modulation: radio.FSK{BitRate: 50_000},
			Trigger:    radio.Trigger{At: radio.Timestamp{Session: 1, Micros: 1<<27 + 2}}, // over the counter's end
		},
		want: []place{
			{0x5400, 0, 3, 0x02}, {0x5401, 0, 8, 0}, {0x5402, 0, 8, 0}, {0x5403, 0, 8, 0}, {0x5404, 0, 8, 64},
			{0x5405, 0, 8, 0xBB}, {0x5406, 0, 8, 0x80}, // as they were
			{0x5409, 0, 1, 1}, {0x540C, 0, 8, 0x80}, {0x540D, 0, 8, 0x49}, {0x5420, 0, 2, 2}, {0x5428, 0, 4, 0}, {0x5429, 0, 8, 0xCC},
			{0x5425, 0, 8, 0x6C}, {0x5426, 0, 8, 0x99}, {0x5427, 0, 8, 0x99},
			{0x5440, 0, 8, 2}, {0x5441, 0, 1, 1}, {0x5441, 1, 1, 1}, {0x5441, 2, 2, 2}, {0x5441, 4, 1, 0},
			{0x5442, 0, 8, 0}, {0x5443, 0, 8, 5}, {0x5444, 0, 8, 0x02}, {0x5445, 0, 8, 0x80},
			{0x5446, 0, 1, 1}, {0x5446, 1, 2, 2}, {0x5446, 3, 1, 1}, {0x5446, 4, 1, 0}, {0x5446, 5, 3, 2},
			{0x5447, 0, 8, 0xC1}, {0x5448, 0, 8, 0x94}, {0x5449, 0, 8, 0xC1}, {0x544A, 0, 8, 0}, {0x544E, 0, 8, 0},
			{0x578A, 0, 8, 0x00}, {0x578B, 0, 8, 0x66}, {0x578C, 0, 8, 0x66}, {0x5789, 0, 8, 0},
		},
		memory: []byte{2, 5, 6},
	},
}

func newLoad(t *testing.T, chain int, private bool, transmission radio.Transmission) []hardware.Op {
	t.Helper()
	c, err := Config{Board: Board{TransmitRadio: chain}, Private: private}.txChain()
	if err != nil {
		t.Fatal(err)
	}
	frame, err := c.frame(transmission)
	if err != nil {
		t.Fatal(err)
	}
	load, err := newTXLoad(c, frame, newLookout(chain))
	if err != nil {
		t.Fatal(err)
	}
	return load.ops
}

func TestLoadedRegisters(t *testing.T) {
	for _, l := range loads {
		t.Run(l.name, func(t *testing.T) {
			_, memory := script(t, newLoad(t, l.chain, l.private, l.transmission))
			for _, p := range l.want {
				if got := memory[p.address] >> p.bit & (1<<p.width - 1); got != p.value {
					t.Errorf("%v = %02X, want %02X", p, got, p.value)
				}
			}
			for i, b := range l.memory {
				if got := memory[0x5300+0x200*uint16(l.chain)+uint16(i)]; got != b {
					t.Errorf("memory %d: %02X, want %02X", i, got, b)
				}
			}
		})
	}
}

// Nothing but the chain, its memory and the deviation for the AGC is touched.
func TestLoadKeepsToItsChain(t *testing.T) {
	for _, l := range loads {
		_, after := script(t, newLoad(t, l.chain, l.private, l.transmission))
		_, before := script(t, nil)
		base := 0x5200 + 0x200*uint16(l.chain)
		for _, address := range slices.Sorted(maps.Keys(after)) {
			own := address >= base && address < base+0x200 || address >= 0x578A && address <= 0x578C
			if after[address] != before[address] && !own {
				t.Errorf("%s: %04X changed", l.name, address)
			}
		}
	}
}

// The order that counts: the old trigger is taken back first, the payload goes into
// memory opened for it, the trigger is set after everything.
func TestLoadOrder(t *testing.T) {
	steps, _ := script(t, newLoad(t, 0, false, loads[0].transmission))
	if steps[0] != "5200&07=00" {
		t.Errorf("begins with %s", steps[0])
	}
	at := slices.Index(steps, "5300=01 02 03")
	got := steps[at-1:]
	want := []string{"5207&01=01", "5300=01 02 03", "5207&01=00", "6101?", "5200&02=02", "6101?", "5211?", "5780?", "6101?"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(steps) > 40 {
		t.Errorf("%d operations: %v", len(steps), steps)
	}
}

// The start delays of SX1250 boards, in ticks.
func TestStartDelay(t *testing.T) {
	for _, c := range []struct {
		sf        radio.SpreadingFactor
		bandwidth radio.Hertz
		want      uint32
	}{
		{5, 125, 47413}, {9, 125, 47413}, {10, 125, 46901}, {12, 125, 46901},
		{9, 250, 47692}, {10, 250, 47436}, {7, 500, 47837}, {12, 500, 47709},
	} {
		if got := loraStartDelay(radio.LoRa{SF: c.sf, Bandwidth: c.bandwidth * radio.KHz}); got != c.want {
			t.Errorf("SF%d at %d kHz: %d, want %d", c.sf, c.bandwidth, got, c.want)
		}
	}
}

func TestTransmitterConfig(t *testing.T) {
	for name, b := range map[string]Board{
		"third radio": {TransmitRadio: 2},
		"index":       {Gain: hardware.Gains{{Power: 1400, Index: 23}}},
		"order":       {Gain: hardware.Gains{{Power: 1400, Index: 3}, {Power: 1400, Index: 4}}},
	} {
		if b.validateTransmitter() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, board := range hardware.Boards() {
		if err := (Board{Gain: board.Gain, TransmitRadio: 1}).validateTransmitter(); err != nil {
			t.Errorf("%s: %v", board.Name, err)
		}
	}
}

// BenchmarkLoad makes the operations of a load.
func BenchmarkLoad(b *testing.B) {
	c, err := Config{}.txChain()
	if err != nil {
		b.Fatal(err)
	}
	d := loads[0].transmission
	d.PHYPayload = make([]byte, 255)
	ops := 0
	for b.Loop() {
		frame, err := c.frame(d)
		if err != nil {
			b.Fatal(err)
		}
		load, err := newTXLoad(c, frame, newLookout(0))
		if err != nil {
			b.Fatal(err)
		}
		ops = len(load.ops)
	}
	b.ReportMetric(float64(ops), "operations")
}
