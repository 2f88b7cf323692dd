package sx1302

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
)

func TestWindowMakesFewOperations(t *testing.T) {
	low, high := Field{Name: "LOW", Address: 0x5600, Width: 3}, Field{Name: "HIGH", Address: 0x5600, Bit: 4, Width: 4}
	rest := Field{Name: "REST", Address: 0x5600, Bit: 3, Width: 1}
	byteAt := func(address uint16) Field { return Field{Name: "BYTE", Address: address, Width: 8} }
	for _, c := range []struct {
		name string
		list []setting
		want []hardware.Op
	}{
		{name: "nothing"},
		{"a part of a byte", []setting{{high, 5}}, []hardware.Op{{Address: 0x5600, Mask: 0xF0, Value: 0x50}}},
		{"two parts", []setting{{high, 5}, {low, 3}}, []hardware.Op{{Address: 0x5600, Mask: 0xF7, Value: 0x53}}},
		{"the latter of two values", []setting{{low, 7}, {low, 1}}, []hardware.Op{{Address: 0x5600, Mask: 0x07, Value: 0x01}}},
		{"all parts", []setting{{high, 5}, {low, 3}, {rest, 1}}, []hardware.Op{{Out: []byte{0, 0xD6, 0x00, 0x5B}}}},
		{"a byte", []setting{{byteAt(0x6189), 9}}, []hardware.Op{{Out: []byte{0, 0xE1, 0x89, 9}}}},
		{
			"bytes in a row", []setting{{byteAt(0x5601), 1}, {byteAt(0x5602), 2}, {byteAt(0x5604), 4}, {byteAt(0x5603), 3}},
			[]hardware.Op{{Out: []byte{0, 0xD6, 0x01, 1, 2}}, {Out: []byte{0, 0xD6, 0x04, 4}}, {Out: []byte{0, 0xD6, 0x03, 3}}},
		},
		{
			"no row over a part", []setting{{byteAt(0x55FF), 1}, {low, 2}, {byteAt(0x5601), 3}},
			[]hardware.Op{{Out: []byte{0, 0xD5, 0xFF, 1}}, {Address: 0x5600, Mask: 7, Value: 2}, {Out: []byte{0, 0xD6, 0x01, 3}}},
		},
		{
			"a byte changed twice comes late", []setting{{low, 1}, {byteAt(0x5610), 9}, {high, 2}},
			[]hardware.Op{{Out: []byte{0, 0xD6, 0x10, 9}}, {Address: 0x5600, Mask: 0xF7, Value: 0x21}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w window
			w.add(c.list...)
			got, err := w.ops()
			if d := cmp.Diff(c.want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

func TestValueTooLargeForField(t *testing.T) {
	var w window
	w.add(setting{regPage, 4}, setting{regPage, 0})
	if _, err := w.ops(); err == nil || !strings.Contains(err.Error(), "COMMON.PAGE") {
		t.Errorf("%v", err)
	}
}

// frames is a bus that remembers operations, reads 01 02 03 …, and can fail.
type frames struct {
	hardware.Bus
	ops     []hardware.Op
	failure error
}

func (f *frames) Do(_ context.Context, ops ...hardware.Op) error {
	f.ops = append(f.ops, ops...)
	for _, op := range ops {
		for i := readHeader; i < len(op.In); i++ {
			op.In[i] = byte(int(op.Out[1])<<8 + int(op.Out[2]) + i - readHeader)
		}
	}
	return f.failure
}

func TestFlushedWindowIsEmpty(t *testing.T) {
	bus := &frames{}
	c := chip{bus}
	var w window
	w.add(setting{regPage, 1})
	for range 2 {
		if err := c.flush(t.Context(), &w); err != nil {
			t.Fatal(err)
		}
	}
	if len(bus.ops) != 1 {
		t.Errorf("%d operations", len(bus.ops))
	}
}

func TestBurstsAreCutIntoFrames(t *testing.T) {
	bus := &frames{}
	c := chip{bus}
	data := bytes.Repeat([]byte{7}, 2500)
	if err := c.writeBurst(t.Context(), 0x2000, data); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 2500)
	if err := c.readBurst(t.Context(), 0x2000, got); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		header []byte
		size   int
	}{
		{[]byte{0, 0xA0, 0x00}, 3 + 1024}, {[]byte{0, 0xA4, 0x00}, 3 + 1024}, {[]byte{0, 0xA8, 0x00}, 3 + 452},
		{[]byte{0, 0x20, 0x00}, 4 + 1024}, {[]byte{0, 0x24, 0x00}, 4 + 1024}, {[]byte{0, 0x28, 0x00}, 4 + 452},
	} {
		if out := bus.ops[i].Out; !bytes.HasPrefix(out, want.header) || len(out) != want.size {
			t.Errorf("frame %d: % X…, %d bytes", i, out[:4], len(out))
		}
	}
	for i, b := range got {
		if want := byte(i % 1024); b != want { // each frame counts from its address
			t.Fatalf("byte %d reads %02X, want %02X", i, b, want)
		}
	}
}

func TestReadTakesTheFieldOut(t *testing.T) {
	c := chip{&frames{}} // the byte at 5686 reads 86
	v, err := c.read(t.Context(), Field{Name: "F", Address: 0x5686, Bit: 1, Width: 2})
	if v != 3 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	c = chip{&frames{failure: hardware.ErrGone}}
	if _, err := c.read(t.Context(), regVersion); !errors.Is(err, hardware.ErrGone) || !strings.Contains(err.Error(), "COMMON.VERSION") {
		t.Errorf("%v", err)
	}
}
