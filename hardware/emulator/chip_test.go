package emulator

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
	"hexspot/hardware/corecell"
	"hexspot/radio"
)

func TestOTP(t *testing.T) {
	eui := radio.EUI{0x00, 0x16, 0xC0, 0x01, 0xFF, 0x18, 0x22, 0x33}
	for _, model := range []Model{SX1302, SX1303} {
		h := newHost(t, Config{EUI: eui, Model: model})
		var got radio.EUI
		for i := range got {
			h.write(regOTPAddress, byte(i))
			got[i] = h.byte(regOTPData)
		}
		h.write(regOTPAddress, 0xD0)
		if m := Model(h.byte(regOTPData)); got != eui || m != model {
			t.Errorf("EUI %v, model %v", got, m)
		}
		h.clean()
	}
}

func TestBadConfig(t *testing.T) {
	for _, c := range []Config{{Model: 9}, {CounterStart: -1}, {Temperature: 1000}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v accepted", c)
		}
	}
}

// Each violation, and that a strict chip makes it an error of the operation.
func TestViolations(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(h *host) error
		want Violation
	}{
		{"undefined read", readOp(0x5000), Violation{What: violUndefined, Address: 0x5000}},
		{"undefined write", writeOp(0x7000, 1), Violation{violUndefined, 0x7000, true, 1}},
		{"undefined register", writeOp(0x5690, 1), Violation{violUndefined, 0x5690, true, 1}},
		{"read-only register", writeOp(regVersion, 1), Violation{violReadOnly, regVersion, true, 1}},
		{"read-only bit", writeOp(regAGCCtrl, 0x15), Violation{violReadOnly, regAGCCtrl, true, 0x15}},
		{"undefined bits", writeOp(regGenEnable, 0x18), Violation{violReserved, regGenEnable, true, 0x18}},
		{"program RAM", writeOp(0x0000, 1), Violation{violRAM, 0, true, 1}},
		{"program RAM read", readOp(0x2000), Violation{What: violRAM, Address: 0x2000}},
		{"payload RAM", writeOp(addrTxPayload, 1), Violation{violPayloadRAM, addrTxPayload, true, 1}},
		{"empty FIFO", readOp(addrFIFO), Violation{What: violFIFO, Address: addrFIFO}},
		{"radio in reset", frameOp(1, 0x80, 0), Violation{violRadioOff, 0x80, true, 0}},
		{"no such target", frameOp(9, 0, 0, 0), Violation{violTarget, 9, true, 0}},
		{"short frame", frameOp(0, 0x80, 0), Violation{violFrame, 3, true, 0}},
		{"mailbox without firmware", writeOp(regMailboxWrite3, 0x80), Violation{violMailbox, regMailboxWrite3, true, 0x80}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, Config{})
			if err := c.do(h); err != nil {
				t.Errorf("a lenient chip: %v", err)
			}
			if d := cmp.Diff([]Violation{c.want}, h.chip.Violations()); d != "" {
				t.Error(d)
			}
			h = newHost(t, Config{Strict: true})
			var broken *ViolationError
			if err := c.do(h); !errors.As(err, &broken) || broken.Violation != c.want {
				t.Errorf("a strict chip: %v", err)
			}
			h.chip.ForgetViolations()
			h.clean()
		})
	}
}

func frameOp(out ...byte) func(h *host) error {
	return func(h *host) error {
		return h.bus.Do(context.Background(), hardware.Op{Out: out, In: make([]byte, len(out))})
	}
}

func writeOp(address uint16, value byte) func(h *host) error {
	return frameOp(0, 0x80|byte(address>>8), byte(address), value)
}

func readOp(address uint16) func(h *host) error {
	return frameOp(0, byte(address>>8), byte(address), 0, 0)
}

func TestViolationsAreBounded(t *testing.T) {
	h := newHost(t, Config{Strict: true})
	for range 3 * maxViolations {
		if err := readOp(0x5000)(h); err == nil {
			t.Fatal("a strict chip let it pass")
		}
	}
	if n := len(h.chip.Violations()); n != maxViolations {
		t.Errorf("%d kept", n)
	}
	if n := h.chip.Status().Violations; n != 3*maxViolations {
		t.Errorf("%d counted", n)
	}
}

func TestAddressCountsUp(t *testing.T) {
	h := newHost(t, Config{})
	h.write(regRxFrequency, 1, 2, 3, 4)
	if got := h.read(regRxFrequency, 4); !slices.Equal(got, []byte{1, 2, 3, 4}) {
		t.Errorf("% x", got)
	}
	h.modify(regRxFrequency+1, 0x0F, 0x05)
	if got := h.byte(regRxFrequency + 1); got != 0x05 {
		t.Errorf("%02x", got)
	}
}

func TestReadOnlyBitsStay(t *testing.T) {
	h := newHost(t, Config{})
	was := h.byte(regVersion)
	h.write(regVersion, ^was)
	if got := h.byte(regVersion); got != was {
		t.Errorf("version %02X, was %02X", got, was)
	}
}

func TestStartRule(t *testing.T) {
	bad := firmware(1)
	bad[1001] ^= 0x40 // bit 14 of word 500
	flipped := firmware(1)
	flipped[1001] ^= 0x80 // bit 15 has a rule nobody knows
	for _, c := range []struct {
		name           string
		image          []byte
		faults         Faults
		status, parity byte
	}{
		{"sound", firmware(1), Faults{}, 1, 0},
		{"bit 15", flipped, Faults{}, 1, 0},
		{"parity", bad, Faults{}, 0, 1},
		{"nothing loaded", make([]byte, programSize), Faults{}, 0, 0},
		{"never starts", firmware(1), Faults{AGCStuck: 1, ARBStuck: true}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, Config{})
			h.chip.SetFaults(c.faults)
			h.load(addrAGCRAM, regAGCCtrl, 0x10, c.image)
			h.load(addrARBRAM, regARBCtrl, 0x20, c.image)
			for _, ctrl := range []uint16{regAGCCtrl, regARBCtrl} {
				got := h.read(ctrl, 2)
				if got[0]&mcuParity != c.parity || got[1] != c.status {
					t.Errorf("%04X: parity %d status %02X", ctrl, got[0]&mcuParity, got[1])
				}
			}
			h.write(regAGCCtrl, 0x14)
			if got := h.read(regAGCCtrl, 2); got[0]&mcuParity != 0 || got[1] != 0 {
				t.Errorf("held: % x", got)
			}
			h.clean()
		})
	}
}

func TestReadBack(t *testing.T) {
	h := newHost(t, Config{})
	image := firmware(3)
	h.write(regAGCCtrl, 0x16)
	h.write(addrAGCRAM, image...)
	if got := h.read(addrAGCRAM, programSize); !slices.Equal(got, image) {
		t.Error("the image differs")
	}
	h.chip.SetFaults(Faults{Readback: true})
	if got := h.read(addrAGCRAM, programSize); slices.Equal(got, image) {
		t.Error("the image does not differ")
	}
	h.clean()
}

func TestAGCMailbox(t *testing.T) {
	h := newHost(t, Config{AGCVersion: 7})
	h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(1))
	if got := h.byte(regMailboxRead0); got != 7 {
		t.Errorf("version %d", got)
	}
	for i, s := range []struct{ command, next byte }{
		{0x80, 0x02}, {0x20, 0x03}, {0x03, 0x04}, {0x04, 0x05}, {0x05, 0x06}, {0x06, 0x07}, {0x07, 0x08},
		{0x08, 0x09}, {0x09, 0x0A}, {0x0A, 0x0B}, {0x0B, 0x0F}, {0x0F, 0x00},
	} {
		n := byte(i)
		h.write(regMailboxWrite3+1, n+3, n+2, n+1) // bytes 2, 1, 0
		h.write(regMailboxWrite3, s.command)
		if got := h.byte(regAGCStatus); got != s.next {
			t.Fatalf("after %02X: status %02X, want %02X", s.command, got, s.next)
		}
		if got := h.read(regMailboxRead3+1, 3); !slices.Equal(got, []byte{n + 3, n + 2, n + 1}) {
			t.Errorf("after %02X: mailbox % x", s.command, got)
		}
	}
	h.clean()
}

func TestAGCMailboxOutOfOrder(t *testing.T) {
	h := newHost(t, Config{})
	h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(1))
	h.write(regMailboxWrite3, 0x20)
	if got := h.byte(regAGCStatus); got != 1 {
		t.Errorf("status %02X", got)
	}
	if v := h.chip.Violations(); len(v) != 1 || v[0].What != violMailbox {
		t.Errorf("violations %v", v)
	}
}

func TestAGCStuck(t *testing.T) {
	h := newHost(t, Config{})
	h.chip.SetFaults(Faults{AGCStuck: 0x03})
	h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(1))
	h.write(regMailboxWrite3, 0x80)
	h.write(regMailboxWrite3, 0x20)
	if got := h.byte(regAGCStatus); got != 0x02 {
		t.Errorf("status %02X", got)
	}
	h.clean()
}

func TestARB(t *testing.T) {
	h := newHost(t, Config{})
	h.chip.SetFaults(Faults{ARBVersion: 9, AGCVersion: 8})
	h.load(addrARBRAM, regARBCtrl, 0x20, firmware(2))
	if v, s := h.byte(regARBDebug), h.byte(regARBStatus); v != 9 || s != 1 {
		t.Errorf("version %d, status %02X", v, s)
	}
	h.write(regARBConfig, 7, 1, 3, 0)
	if s := h.byte(regARBStatus); s != 0 {
		t.Errorf("status %02X", s)
	}
	h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(2))
	if v := h.byte(regMailboxRead0); v != 8 {
		t.Errorf("AGC version %d", v)
	}
}

func counters(h *host) (pps, free uint32) {
	b := h.read(regCounterPPS, 8)
	word := func(b []byte) uint32 {
		return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	return word(b), word(b[4:])
}

func TestCounter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{CounterStart: 134 * time.Second}) // wraps in 217.728 ms
		if pps, free := counters(h); pps != 0 || free != 134*ticksPerSecond {
			t.Errorf("at start: %d, %d", pps, free)
		}
		h.write(regGPS, 3)
		time.Sleep(1500 * time.Millisecond)
		wrapped := uint64(134+1)*ticksPerSecond - 1<<32
		if pps, free := counters(h); uint64(pps) != wrapped || uint64(free) != wrapped+ticksPerSecond/2 {
			t.Errorf("after the wrap: %d, %d, want %d", pps, free, wrapped)
		}
		if got := h.chip.Counter(); got != 135_500_000 {
			t.Errorf("unwrapped %d", got)
		}
		h.chip.SetFaults(Faults{NoPPS: true, CounterStopped: true})
		time.Sleep(3 * time.Second)
		if pps, free := counters(h); uint64(pps) != wrapped || uint64(free) != wrapped+ticksPerSecond/2 {
			t.Errorf("stopped: %d, %d", pps, free)
		}
		h.chip.SetFaults(Faults{})
		time.Sleep(time.Second)
		if pps, free := counters(h); uint64(free) != wrapped+ticksPerSecond*3/2 || pps == uint32(wrapped) {
			t.Errorf("running again: %d, %d", pps, free)
		}
		h.chip.Reset()
		if pps, free := counters(h); pps != 0 || free != 134*ticksPerSecond {
			t.Errorf("reset: %d, %d", pps, free)
		}
	})
}

func TestPPSAdvancesByOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.write(regGPS, 3)
		time.Sleep(1700 * time.Millisecond)
		before, _ := counters(h)
		time.Sleep(time.Second)
		if after, _ := counters(h); after-before != ticksPerSecond {
			t.Errorf("advanced by %d", after-before)
		}
	})
}

func TestStallEndsWithReset(t *testing.T) {
	h := newHost(t, Config{})
	h.boot()
	h.chip.SetFaults(Faults{Stall: true, VersionZero: true})
	if a, b, s := h.byte(regAGCCtrl), h.byte(regARBCtrl), h.byte(regAGCStatus); a&b&1 != 1 || s != 0x14 {
		t.Errorf("%02X %02X %02X", a, b, s)
	}
	if v := h.byte(regVersion); v != 0 {
		t.Errorf("version %02X", v)
	}
	if err := h.bus.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.chip.Faults(); got != (Faults{VersionZero: true}) {
		t.Errorf("%+v", got)
	}
}

func TestRadio(t *testing.T) {
	h := newHost(t, Config{})
	h.write(regRFEnableB, radioEnable|radioReset)
	mode := func() byte { return h.radio(1, 0xC0, 0)[1] }
	for _, s := range []struct {
		command []byte
		status  byte
	}{
		{[]byte{0x80, 0}, 0x22}, {[]byte{0x80, 1}, 0x32}, {[]byte{0xC1}, 0x42}, {[]byte{0x82, 0xFF, 0xFF, 0xFF}, 0x52},
		{[]byte{0x83, 0, 0, 0}, 0x62}, {[]byte{0x80, 0}, 0x22},
	} {
		h.radio(1, s.command...)
		if got := mode(); got != s.status {
			t.Errorf("after % x: %02X, want %02X", s.command, got, s.status)
		}
	}
	h.radio(1, 0x0D, 0x08, 0xE2, 0x0D, 0x0E)
	if got := h.radio(1, 0x1D, 0x08, 0xE2, 0, 0, 0); !slices.Equal(got, []byte{0x22, 0x22, 0x22, 0x22, 0x0D, 0x0E}) {
		t.Errorf("register: % x", got)
	}
	h.radio(1, 0x86, 0x36, 0x38, 0x01, 0x23)
	if got := h.radio(1, 0x1D, 0x08, 0x8B, 0, 0, 0, 0, 0)[4:]; !slices.Equal(got, []byte{0x36, 0x38, 0x01, 0x23}) {
		t.Errorf("frequency: % x", got)
	}
	if got := h.radio(1, 0x17, 0, 0, 0); !slices.Equal(got, []byte{0x22, 0x22, 0, 0}) {
		t.Errorf("device errors: % x", got)
	}
	h.radio(1, 0x82, 0xFF, 0xFF, 0xFF)
	h.write(regRFEnableB, radioEnable)
	h.write(regRFEnableB, radioEnable|radioReset)
	if got := mode(); got != 0x22 {
		t.Errorf("after its reset: %02X", got)
	}
	h.clean()
	h.modify(regCommonCtrl, hostRadioControl, 0)
	if got := mode(); got != 0 {
		t.Errorf("without host control: %02X", got)
	}
}

func (h *host) listen(command ...byte) []byte {
	in := make([]byte, len(command))
	h.do(hardware.Op{Target: hardware.SX1261, Out: command, In: in})
	return in
}

func TestSX1261(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.listen(0x80, 0)
		if got := h.listen(0xC0, 0)[1] & 0x7E; got != 0x22 {
			t.Errorf("status %02X", got)
		}
		version := func() string {
			return string(h.listen(append([]byte{0x1D, 0x03, 0x20, 0}, make([]byte, 15)...)...)[4:])
		}
		if got := version(); got[11:] == "2D06" {
			t.Errorf("version %q before the patch", got)
		}
		for i := range uint16(patchWords) {
			a := patchBegin + 4*i
			h.listen(0x0D, byte(a>>8), byte(a), 1, 2, 3, 4)
		}
		h.listen(0xD9)
		if got := version(); got[11:] != "2D06" {
			t.Errorf("version %q", got)
		}
		scan := func() byte { return h.listen(0x1D, 0x07, 0xCD, 0, 0)[4] }
		states := []byte{scan()}
		h.listen(0x9B, 2000>>8, 2000&0xFF, 11)
		states = append(states, scan())
		time.Sleep(17 * time.Millisecond)
		states = append(states, scan())
		results := h.listen(append([]byte{0x1D, 0x04, 0x01, 0}, make([]byte, 66)...)...)[4:]
		sum := 0
		for i := 0; i < len(results); i += 2 {
			sum += int(results[i])<<8 | int(results[i+1])
		}
		if sum != 2000 {
			t.Errorf("%d points", sum)
		}
		h.listen(0x9B, 2000>>8, 2000&0xFF, 11)
		h.listen(0x0D, 0x08, 0x9B, 0)
		states = append(states, scan())
		if want := []byte{scanIdle, scanRunning, scanDone, scanAborted}; !slices.Equal(states, want) {
			t.Errorf("states % x, want % x", states, want)
		}
		h.clean()
	})
}

func TestDevicePins(t *testing.T) {
	h := newHost(t, Config{Temperature: 31.5})
	d := h.chip.Device()
	version := func() byte {
		in := make([]byte, 5)
		if s := d.SPI(hardware.SX1302, []byte{0, 0x56, 0x06, 0, 0}, in); s != corecell.StatusOK {
			t.Error("status", s)
		}
		return in[4]
	}
	h.write(regRxFrequency, 7)
	was := version()
	d.GPIO(0, 2, true)
	if got := version(); got != 0 {
		t.Errorf("held in reset: %02X", got)
	}
	d.GPIO(0, 2, false)
	if got := version(); got != was {
		t.Errorf("out of reset: %02X", got)
	}
	if got := h.byte(regRxFrequency); got == 7 {
		t.Error("a register outlived the reset")
	}
	d.GPIO(0, 1, false)
	if got := version(); got != 0 {
		t.Errorf("without power: %02X", got)
	}
	d.GPIO(0, 1, true)
	if got := version(); got != was {
		t.Errorf("with power: %02X", got)
	}
	h.listen(0xC1)
	d.GPIO(0, 8, false)
	d.GPIO(0, 8, true)
	if got := h.listen(0xC0, 0)[1]; got != 0x22 {
		t.Errorf("SX1261 after its reset: %02X", got)
	}
	if temperature, ok := d.Temperature(); !ok || temperature != 31.5 {
		t.Error(temperature, ok)
	}
	strict := newHost(t, Config{Strict: true}).chip.Device()
	if s := strict.SPI(hardware.SX1302, []byte{0, 0x50, 0, 0, 0}, make([]byte, 5)); s != corecell.StatusFailed {
		t.Error("a strict chip answers", s)
	}
}

func TestPlug(t *testing.T) {
	ctx := t.Context()
	h := newHost(t, Config{EUI: radio.EUI{1}})
	h.boot()
	other := h.chip.Bus()
	h.chip.Unplug()
	op := hardware.Op{Out: []byte{0, 0x56, 0x06, 0, 0}, In: make([]byte, 5)}
	if err := h.bus.Do(ctx, op); !errors.Is(err, hardware.ErrGone) {
		t.Error(err)
	}
	if err := h.bus.Reset(ctx); !errors.Is(err, hardware.ErrGone) {
		t.Error(err)
	}
	if _, err := h.bus.Temperature(ctx); !errors.Is(err, hardware.ErrGone) {
		t.Error(err)
	}
	if err := h.chip.TryInject(frame(868_100_000, lora(7))); !errors.Is(err, ErrNotReceiving) {
		t.Error(err)
	}
	h.chip.Replug()
	if err := other.Do(ctx, op); err != nil || op.In[4] == 0 {
		t.Error(err, op.In)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if err := other.Do(ctx, op); !errors.Is(err, hardware.ErrGone) {
		t.Error(err)
	}
	if err := h.bus.Do(ctx, op); err != nil {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := h.bus.Do(canceled, op); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	op.In = op.In[:2]
	if err := h.bus.Do(ctx, op); err == nil {
		t.Error("In shorter than Out")
	}
	if got := h.bus.String(); got != "emulator:0100000000000000" {
		t.Error(got)
	}
}

func TestPollDoesNotAllocate(t *testing.T) {
	h := newHost(t, Config{})
	h.boot()
	ops := []hardware.Op{
		{Out: []byte{0, 0x58, 0xC8, 0, 0, 0}, In: make([]byte, 6)},
		{Out: []byte{0, 0x61, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0}, In: make([]byte, 12)},
		{Out: []byte{0, 0x52, 0x11, 0, 0}, In: make([]byte, 5)},
	}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if err := h.bus.Do(ctx, ops...); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a poll", n)
	}
}

func BenchmarkPoll(b *testing.B) {
	chip, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	bus := chip.Bus()
	ops := []hardware.Op{
		{Out: []byte{0, 0x58, 0xC8, 0, 0, 0}, In: make([]byte, 6)},
		{Out: []byte{0, 0x61, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0}, In: make([]byte, 12)},
	}
	for b.Loop() {
		if err := bus.Do(b.Context(), ops...); err != nil {
			b.Fatal(err)
		}
	}
}
