package emulator

import (
	"context"
	"math/bits"
	"testing"

	"hexspot/hardware"
	"hexspot/radio"
)

// host is a driver of few words: enough of one to put a chip into any state.
type host struct {
	t    testing.TB
	chip *Chip
	bus  *Bus
}

func newHost(t testing.TB, config Config) *host {
	t.Helper()
	chip, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &host{t, chip, chip.Bus()}
}

func (h *host) do(op hardware.Op) {
	h.t.Helper()
	if err := h.bus.Do(context.Background(), op); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) write(address uint16, data ...byte) {
	h.t.Helper()
	h.do(hardware.Op{Out: append([]byte{0, 0x80 | byte(address>>8), byte(address)}, data...)})
}

func (h *host) read(address uint16, n int) []byte {
	h.t.Helper()
	out := append([]byte{0, byte(address >> 8), byte(address), 0}, make([]byte, n)...)
	in := make([]byte, len(out))
	h.do(hardware.Op{Out: out, In: in})
	return in[4:]
}

func (h *host) byte(address uint16) byte { h.t.Helper(); return h.read(address, 1)[0] }

func (h *host) modify(address uint16, mask, value byte) {
	h.t.Helper()
	h.do(hardware.Op{Address: address, Mask: mask, Value: value})
}

// radio sends a command to radio A (0) or B (1) and returns what came back
// after the multiplexer byte.
func (h *host) radio(chain int, command ...byte) []byte {
	h.t.Helper()
	out := append([]byte{byte(1 + chain)}, command...)
	in := make([]byte, len(out))
	h.do(hardware.Op{Out: out, In: in})
	return in[1:]
}

// clean fails the test if the host did what no driver should.
func (h *host) clean() {
	h.t.Helper()
	for _, v := range h.chip.Violations() {
		h.t.Error("violation:", v)
	}
}

// firmware is an image with right parity that is no program.
func firmware(seed uint16) []byte {
	image := make([]byte, 0, programSize)
	for i := range uint16(programSize / 2) {
		word := (i*0x9E37 + seed) & 0x3FFF
		word |= uint16(bits.OnesCount16(word)&1) << 14
		image = append(image, byte(word), byte(word>>8))
	}
	return image
}

const (
	radioA = 867_500_000
	radioB = 868_500_000
)

func (h *host) startRadio(chain int, hertz uint64) {
	h.t.Helper()
	enable := regRFEnableA + uint16(chain)
	h.write(enable, radioEnable|radioReset)
	h.write(enable, radioEnable)
	h.write(enable, radioEnable|radioReset)
	h.radio(chain, 0x80, 0x01)
	steps := hertz << 25 / 32_000_000
	h.radio(chain, 0x86, byte(steps>>24), byte(steps>>16), byte(steps>>8), byte(steps))
	h.radio(chain, 0x82, 0xFF, 0xFF, 0xFF)
}

func (h *host) load(ram, ctrl uint16, idle byte, image []byte) {
	h.t.Helper()
	h.write(ctrl, idle|mcuClear)
	h.write(ctrl, idle|mcuClear|mcuProg)
	h.write(ram, image...)
	h.write(ctrl, idle|mcuClear)
	h.write(ctrl, idle)
}

// ifWord is the register value of an intermediate frequency.
func ifWord(hertz int) []byte {
	v := uint16(hertz*32/15625) & 0x1FFF
	return []byte{byte(v >> 8), byte(v)}
}

// configure sets the channels of the public EU868 reference: three multi-SF on
// radio B (868.1, .3, .5), five on radio A, service 868.3 SF7 250 kHz, FSK 868.8.
func (h *host) configure() {
	h.t.Helper()
	for i, hz := range []int{-400_000, -200_000, 0, -400_000, -200_000, 0, 200_000, 400_000} {
		h.write(regRxFrequency+2*uint16(i), ifWord(hz)...)
	}
	h.write(regRxRadioSelect, 0x07)
	h.write(regRxChannels, 0xFF, 0xFF, 0xFF)
	h.write(regModemEnable0, 0xFF, 0xFF)
	h.write(regSyncSF5, 2, 4, 2, 4, 6, 8)
	h.write(regServiceFrequency, append(ifWord(-200_000), 1)...)
	h.write(regServiceRate, 0x57, 0x0A, 0x14)
	h.write(regServiceSync, 6, 8)
	h.write(regFSKFrequency, ifWord(300_000)...)
	h.write(regFSKConfig, 0x06)
	h.write(regFSKBitRate, 0x02, 0x80) // 50 kbit/s
	h.write(regRxBuffer, bufferLegacy)
}

// boot does what the reference start-up does, as far as the chip can tell.
func (h *host) boot() {
	h.t.Helper()
	h.startRadio(0, radioA)
	h.startRadio(1, radioB)
	h.write(regClockSelect, clockDivider|clockRadioA)
	h.write(regCommonCtrl, clock32RIF|0x03)
	h.configure()
	h.write(regGenEnable, genGlobal|genFSK|genConcentrator|genService)
	h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(1))
	for _, command := range []byte{0x80, 0x20, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x0B, 0x0F} {
		h.write(regMailboxWrite3, command)
	}
	h.load(addrARBRAM, regARBCtrl, 0x20, firmware(2))
	h.write(regARBGo, 1)
	h.write(regGPS, gpsEnable|2)
}

// poll reads what the FIFO holds.
func (h *host) poll() []byte {
	h.t.Helper()
	n := h.read(regRxBytesHigh, 2)
	size := int(n[0])<<8 | int(n[1])
	if size == 0 {
		return nil
	}
	return h.read(addrFIFO, size)
}

func lora(sf radio.SpreadingFactor) radio.LoRa {
	return radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}

func frame(hertz radio.Hertz, m radio.Modulation) Frame {
	return Frame{Payload: []byte{0x40, 1, 2, 3}, Frequency: hertz, Modulation: m,
		RSSI: -9000, SNR: 725, CRC: radio.CRCOK}
}
