package spi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"hexspot/hardware"
)

var boardPins = hardware.Pins{Reset: 17, Power: 18, SX1261: 5}

// bench is a Bus whose kernel, pins and sensor are the test's.
func bench(t *testing.T) (*Bus, *fakeKernel, *fakeLines, *fakeI2C) {
	k, l, i := newFake(t), &fakeLines{}, &fakeI2C{chips: map[byte]map[byte]byte{}}
	return &Bus{
		name: "spi:/dev/null", pins: boardPins, chips: [2]*spidev{k.device, nil}, lines: l,
		i2c: func() (registers, error) { return i, i.missing },
	}, k, l, i
}

type fakeLines struct {
	steps  []string
	err    error
	closed bool
}

func (l *fakeLines) Set(pin int, high bool) error {
	l.steps = append(l.steps, fmt.Sprint(pin, high))
	return l.err
}

func (l *fakeLines) Close() error { l.closed = true; return nil }

// fakeI2C has chips of plain registers.
type fakeI2C struct {
	chips   map[byte]map[byte]byte
	missing error
	broken  error
	closed  bool
}

func (f *fakeI2C) Read(chip, register byte) (byte, error) {
	if f.chips[chip] == nil {
		return 0, unix.EREMOTEIO
	}
	return f.chips[chip][register], f.broken
}

func (f *fakeI2C) Write(chip, register, value byte) error {
	f.chips[chip][register] = value
	return nil
}

func (f *fakeI2C) Close() error { f.closed = true; return nil }

func random(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// A program memory of 8192 bytes goes out in eight frames, and comes back.
func TestLongFramesAreSplit(t *testing.T) {
	b, k, _, _ := bench(t)
	data := random(8192 + 5)
	if err := b.Do(t.Context(), hardware.Op{Out: append([]byte{0, 0xA0, 0x10}, data...)}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.memory[0x2010:0x2010+len(data)], data) {
		t.Error("memory differs from what was written")
	}
	var heads []string
	for _, f := range k.frames {
		heads = append(heads, fmt.Sprintf("% X %d", f[:3], len(f)))
	}
	want := []string{"00 A0 10 1027", "00 A4 10 1027", "00 A8 10 1027", "00 AC 10 1027", "00 B0 10 1027",
		"00 B4 10 1027", "00 B8 10 1027", "00 BC 10 1027", "00 C0 10 8"}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Error(diff)
	}

	out := append([]byte{0, 0x20, 0x10, 0}, make([]byte, len(data))...)
	in := make([]byte, len(out))
	if err := b.Do(t.Context(), hardware.Op{Out: out, In: in}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(in[readHeader:], data) {
		t.Error("what was read differs from what was written")
	}
}

func TestFIFOIsSplitInPlace(t *testing.T) {
	b, k, _, _ := bench(t)
	out := append([]byte{0, 0x40, 0x00, 0}, make([]byte, 3000)...)
	in := make([]byte, len(out))
	if err := b.Do(t.Context(), hardware.Op{Out: out, In: in}); err != nil {
		t.Fatal(err)
	}
	for i, value := range in[readHeader:] {
		if value != byte(i) {
			t.Fatalf("byte %d is %02X", i, value)
		}
	}
	if len(k.frames) != 3 {
		t.Errorf("%d frames", len(k.frames))
	}
}

func TestFramesRefused(t *testing.T) {
	b, k, _, _ := bench(t)
	b.chips[hardware.SX1261] = k.device
	long := make([]byte, maxFrame+1)
	radio := append([]byte{1}, long...)
	end := append([]byte{0, 0xFF, 0x00}, long...)
	for name, op := range map[string]hardware.Op{
		"empty":                       {Out: []byte{}},
		"In shorter than Out":         {Out: make([]byte, 5), In: make([]byte, 4)},
		"long to a radio":             {Out: radio},
		"long to the SX1261":          {Target: hardware.SX1261, Out: long},
		"past the last address":       {Out: end},
		"read-modify-write of SX1261": {Target: hardware.SX1261, Mask: 1},
	} {
		if err := b.Do(t.Context(), op); !errors.Is(err, ErrFrame) || len(k.frames) != 0 {
			t.Errorf("%s: %v, %d frames sent", name, err, len(k.frames))
		}
	}
}

func TestModify(t *testing.T) {
	b, k, _, _ := bench(t)
	k.memory[0x5601] = 0x3C
	if err := b.Do(t.Context(), hardware.Op{Address: 0x5601, Mask: 0xF0, Value: 0x5A}); err != nil {
		t.Fatal(err)
	}
	want := [][]byte{{0, 0x56, 0x01, 0, 0}, {0, 0xD6, 0x01, 0x5C}}
	if diff := cmp.Diff(want, k.frames); diff != "" {
		t.Error(diff)
	}
}

func TestChipSelects(t *testing.T) {
	b, first, _, _ := bench(t)
	op := hardware.Op{Target: hardware.SX1261, Out: []byte{0xC0, 0}}
	if err := b.Do(t.Context(), op); !errors.Is(err, errNoSX1261) {
		t.Errorf("without an SX1261: %v", err)
	}
	second := newFake(t)
	b.chips[hardware.SX1261] = second.device
	if err := b.Do(t.Context(), op, hardware.Op{Out: []byte{1, 0xC0, 0}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{{0xC0, 0}}, second.frames); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]byte{{1, 0xC0, 0}}, first.frames); diff != "" {
		t.Error(diff)
	}
}

func TestReset(t *testing.T) {
	for _, c := range []struct {
		pins  hardware.Pins
		steps []string
	}{
		{boardPins, []string{"18 true", "17 true", "17 false", "5 false", "5 true"}},
		{hardware.Pins{Reset: 17, Power: hardware.NoPin, SX1261: hardware.NoPin}, []string{"17 true", "17 false"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b, _, lines, _ := bench(t)
			b.pins = c.pins
			start := time.Now()
			if err := b.Reset(t.Context()); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(c.steps, lines.steps); diff != "" {
				t.Error(diff)
			}
			if took := time.Since(start); took != time.Duration(len(c.steps))*settle {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestResetFails(t *testing.T) {
	b, _, lines, _ := bench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Reset(ctx); !errors.Is(err, context.Canceled) || len(lines.steps) != 1 {
		t.Errorf("cancelled: %v after %v", err, lines.steps)
	}
	lines.err = unix.EPERM
	if err := b.Reset(t.Context()); !errors.Is(err, unix.EPERM) {
		t.Errorf("refused: %v", err)
	}
}

func TestTemperature(t *testing.T) {
	for _, at := range sensorAt {
		for _, c := range []struct {
			high, low byte
			want      float64
		}{{0x19, 0x00, 25}, {0x17, 0x80, 23.5}, {0xF3, 0x80, -12.5}, {0x00, 0x10, 0.0625}} {
			b, _, _, bus := bench(t)
			bus.chips[at] = map[byte]byte{regProduct: at & 1, regMaker: makerST, regHigh: c.high, regLow: c.low}
			got, err := b.Temperature(t.Context())
			if err != nil || got != c.want {
				t.Errorf("%02X: %02X %02X is %v (%v), want %v", at, c.high, c.low, got, err, c.want)
			}
			if bus.chips[at][regConfig] != configRun || bus.chips[at][regRate] != ratePerSec {
				t.Errorf("%02X was not started", at)
			}
		}
	}
}

func TestNoSensor(t *testing.T) {
	for name, prepare := range map[string]func(*fakeI2C){
		"no I2C bus":     func(f *fakeI2C) { f.missing = fs.ErrNotExist },
		"nobody answers": func(*fakeI2C) {},
		"another maker":  func(f *fakeI2C) { f.chips[0x39] = map[byte]byte{regMaker: 0x41} },
		"another chip":   func(f *fakeI2C) { f.chips[0x39] = map[byte]byte{regMaker: makerST, regProduct: 2} },
	} {
		b, _, _, bus := bench(t)
		prepare(bus)
		for range 2 {
			if _, err := b.Temperature(t.Context()); !errors.Is(err, hardware.ErrNoSensor) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if bus.closed != (bus.missing == nil) {
			t.Errorf("%s: I2C bus closed: %t", name, bus.closed)
		}
	}
}

func TestSensorFails(t *testing.T) {
	b, _, _, bus := bench(t)
	bus.chips[0x39] = map[byte]byte{regMaker: makerST}
	if _, err := b.Temperature(t.Context()); err != nil {
		t.Fatal(err)
	}
	bus.broken = unix.EIO
	if _, err := b.Temperature(t.Context()); !errors.Is(err, unix.EIO) || errors.Is(err, hardware.ErrNoSensor) {
		t.Errorf("got %v", err)
	}
}

func TestDoHeedsContext(t *testing.T) {
	b, k, _, _ := bench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Do(ctx, hardware.Op{Mask: 1}); !errors.Is(err, context.Canceled) || len(k.frames) != 0 {
		t.Errorf("%v, %d frames", err, len(k.frames))
	}
}

func TestClose(t *testing.T) {
	b, k, lines, bus := bench(t)
	bus.chips[0x39] = map[byte]byte{regMaker: makerST}
	if _, err := b.Temperature(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if !lines.closed || !bus.closed {
		t.Errorf("closed lines: %t, I2C: %t", lines.closed, bus.closed)
	}
	if _, err := k.device.file.Write([]byte{0}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("spidev is open: %v", err)
	}
	if err := b.Do(t.Context(), hardware.Op{Mask: 1}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := b.Temperature(t.Context()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("temperature after Close: %v", err)
	}
}

func TestOpenWithoutDevices(t *testing.T) {
	_, err := Open(Config{Device: "/dev/no-such-spidev", Pins: boardPins})
	if !errors.Is(err, fs.ErrNotExist) || !bytes.Contains([]byte(err.Error()), []byte("/dev/no-such-spidev")) {
		t.Errorf("got %v", err)
	}
	if _, err := openI2C("/dev/no-such-i2c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := openLines("no-such-gpiochip", boardPins); err == nil {
		t.Error("lines of no chip")
	}
}
