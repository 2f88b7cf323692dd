package corecell

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
)

// counting makes a bench's requests visible.
func counting(b *bench) *[][]byte {
	requests := &[][]byte{}
	b.bus.link.port = &rigged{Port: b.host, write: func(p []byte) (int, error) {
		*requests = append(*requests, bytes.Clone(p))
		return b.host.Write(p)
	}}
	return requests
}

func TestDoInOrder(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		requests := counting(b)
		before, after := make([]byte, 5), make([]byte, 5)
		err := b.bus.Do(t.Context(),
			hardware.Op{Out: []byte{0, 0xD6, 0x06, 0x3C}},
			hardware.Op{Out: []byte{0, 0x56, 0x06, 0, 0}, In: before},
			hardware.Op{Address: 0x5606, Mask: 0xF0, Value: 0x5A}, // 0A is outside the mask
			hardware.Op{Out: []byte{0, 0x56, 0x06, 0, 0}, In: after},
			hardware.Op{Target: hardware.SX1261, Out: []byte{0xC0, 0}})
		if err != nil || before[4] != 0x3C || after[4] != 0x5C {
			t.Errorf("%v, before %02X, after %02X", err, before[4], after[4])
		}
		want := unhex(t, `002A 05
			01 01 00 0004 00D6063C  02 01 00 0005 0056060000  03 02 5606 F0 50
			04 01 00 0005 0056060000  05 01 01 0002 C000`)
		if len(*requests) != 1 || cmp.Diff(want, (*requests)[0][1:]) != "" {
			t.Errorf("sent % X", *requests)
		}
	})
}

func TestDoPacks(t *testing.T) {
	modifies := func(n int) (ops []hardware.Op) {
		for range n {
			ops = append(ops, hardware.Op{Address: 0x5601, Mask: 1, Value: 1})
		}
		return ops
	}
	writes := func(sizes ...int) (ops []hardware.Op) {
		for _, size := range sizes {
			ops = append(ops, hardware.Op{Out: make([]byte, size)})
		}
		return ops
	}
	for _, c := range []struct {
		name string
		ops  []hardware.Op
		want []int // items of each request
	}{
		{"nothing", nil, nil},
		{"one", modifies(1), []int{1}},
		{"as many as have an id", modifies(255), []int{255}},
		{"one more", modifies(256), []int{255, 1}},
		{"many", modifies(600), []int{255, 255, 90}},
		{"as long as fits", writes(2043, 2043), []int{2}},
		{"one byte more", writes(2043, 2044), []int{1, 1}},
		{"longest between others", append(append(writes(5), writes(MaxFrame)...), writes(5)...), []int{1, 1, 1}},
		{"firmware half", writes(4096+3, 4096+3, 4, 4), []int{1, 1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, func(t *testing.T, b *bench) {
				requests := counting(b)
				if err := b.bus.Do(t.Context(), c.ops...); err != nil {
					t.Fatal(err)
				}
				var got []int
				for _, request := range *requests {
					if len(request) > maxFrame {
						t.Errorf("request of %d bytes", len(request))
					}
					got = append(got, countItems(t, request[headerSize:]))
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// countItems also checks that ids start at 1 and go up.
func countItems(t *testing.T, items []byte) (n int) {
	for len(items) > 0 {
		it, rest, err := parseItem(items)
		if n++; err != nil || int(it.id) != n {
			t.Fatalf("item %d has id %d, %v", n, it.id, err)
		}
		items = rest
	}
	return n
}

func TestDoRefuses(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		requests := counting(b)
		for name, op := range map[string]hardware.Op{
			"empty frame":        {Out: []byte{}},
			"frame too long":     {Out: make([]byte, MaxFrame+1)},
			"In shorter":         {Out: make([]byte, 5), In: make([]byte, 4)},
			"modify of SX1261":   {Target: hardware.SX1261, Mask: 1},
			"modify with answer": {Mask: 1, In: make([]byte, 1)},
		} {
			err := b.bus.Do(t.Context(), hardware.Op{Mask: 1}, op)
			if !errors.Is(err, ErrOp) || !strings.Contains(err.Error(), "operation 2 of 2") || len(*requests) != 0 {
				t.Errorf("%s: %v, %d requests", name, err, len(*requests))
			}
		}
	})
}

func TestDoNamesTheFailedOperation(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.chip.status[hardware.SX1261] = StatusTimeout
		ops := make([]hardware.Op, 300)
		ops[280] = hardware.Op{Target: hardware.SX1261, Out: []byte{0xC0, 0}}
		err := b.bus.Do(t.Context(), ops...)
		if !errors.Is(err, ErrSPITimeout) || !strings.Contains(err.Error(), "operation 281 of 300") {
			t.Errorf("got %v", err)
		}
	})
}

func TestDoHeedsContext(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		requests := counting(b)
		ctx, cancel := context.WithCancel(t.Context())
		b.device.tamper(func(answer []byte) [][]byte { cancel(); return [][]byte{answer} })
		err := b.bus.Do(ctx, make([]hardware.Op, 300)...)
		if !errors.Is(err, context.Canceled) || len(*requests) != 1 {
			t.Errorf("%v after %d requests", err, len(*requests))
		}
		if err := b.bus.Reset(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Reset: %v", err)
		}
		if _, err := b.bus.Temperature(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Temperature: %v", err)
		}
	})
}

func TestReset(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		start := time.Now()
		if err := b.bus.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Duration(len(resetPulse))*settle {
			t.Errorf("took %v", took)
		}
		if err := b.bus.Close(); err != nil {
			t.Error(err)
		}
		want := append(append(append([]level(nil), poweredUp...), resetPulse...), resetPulse...)
		if diff := cmp.Diff(want, b.chip.levels, cmp.AllowUnexported(level{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestResetRefused(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.chip.refuse = true
		if err := b.bus.Reset(t.Context()); !errors.Is(err, ErrPin) || !strings.Contains(err.Error(), "PA1") {
			t.Errorf("got %v", err)
		}
		if err := b.bus.Close(); !errors.Is(err, ErrPin) || !b.host.closed {
			t.Errorf("closing: %v, closed: %t", err, b.host.closed)
		}
	})
}

func TestTemperature(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.chip.celsius = -12.25
		if got, err := b.bus.Temperature(t.Context()); err != nil || got != -12.25 {
			t.Errorf("%v, %v", got, err)
		}
		b.chip.noSensor = true
		if _, err := b.bus.Temperature(t.Context()); !errors.Is(err, hardware.ErrNoSensor) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoIsThere(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		if b.bus.String() != "usb:cable" || b.bus.Version() != "V01.00.00" || b.bus.UniqueID() != testID {
			t.Errorf("%v %s %v", b.bus, b.bus.Version(), b.bus.UniqueID())
		}
	})
}

// New at the same cable, with something wrong from the start.
func TestNew(t *testing.T) {
	other := func(version string) tampering {
		return func(answer []byte) [][]byte {
			if len(answer) == 25 {
				copy(answer[16:], version)
			}
			return [][]byte{answer}
		}
	}
	first := true
	for _, c := range []struct {
		name   string
		tamper tampering
		want   error
		warns  bool
	}{
		{"debug build", other("D01.00.00"), nil, false},
		{"another version", other("V02.01.00"), nil, true},
		{"first answer lost", func(a []byte) [][]byte {
			if first {
				first = false
				return nil
			}
			return [][]byte{a}
		}, nil, false},
		{"nobody there", func([]byte) [][]byte { return nil }, ErrNoAnswer, false},
		{"a modem", func([]byte) [][]byte { return [][]byte{[]byte("\r\nERROR\r\n")} }, ErrHalfAnswer, false},
		{"a bridge that knows no PING", func(a []byte) [][]byte { return [][]byte{{a[0], 0, 0, 0xFF}} }, ErrRefused, false},
		{"a short PING", func(a []byte) [][]byte { return [][]byte{appendFrame(nil, a[0], cmdPing.answer(), nil)} }, ErrBadAnswer, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, func(t *testing.T, b *bench) {
				b.device.tamper(c.tamper)
				var log strings.Builder
				bus, err := New(t.Context(), b.host, "usb:cable", slog.New(slog.NewTextHandler(&log, nil)))
				if !errors.Is(err, c.want) || (bus == nil) != (c.want != nil) || b.host.closed != (c.want != nil) {
					t.Errorf("%v, %v, closed: %t", bus, err, b.host.closed)
				}
				if c.warns != strings.Contains(log.String(), "V02.01.00") || !c.warns && log.Len() > 0 {
					t.Errorf("log: %s", &log)
				}
				b.device.tamper(nil)
			})
		})
	}
}
