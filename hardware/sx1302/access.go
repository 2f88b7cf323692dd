package sx1302

import (
	"context"
	"encoding/binary"
	"fmt"

	"hexspot/hardware"
)

// The first byte of a frame says who behind the chip select it is for; the second
// carries the write bit above the high address bits (public HAL, loragw_spi.h).
const (
	muxChip  = 0x00
	muxRadio = 0x01 // of radio A; B is one above
	writeBit = 0x80

	writeHeader = 3    // bytes of a write frame before the data
	writeChunk  = 1024 // data bytes of a frame that every spidev accepts
)

// chip is the concentrator's registers behind a bus.
type chip struct{ bus hardware.Bus }

// read gives the value of a field.
func (c chip) read(ctx context.Context, f Field) (byte, error) {
	var b [1]byte
	if err := c.readBurst(ctx, f.Address, b[:]); err != nil {
		return 0, fmt.Errorf("reading %s: %w", f.Name, err)
	}
	return f.of(b[0]), nil
}

// of takes the field's value out of its byte.
func (f Field) of(b byte) byte { return b & f.Mask() >> f.Bit }

// readBurst fills buf from an address on.
func (c chip) readBurst(ctx context.Context, address uint16, buf []byte) error {
	var ops []hardware.Op
	for at := 0; at < len(buf); at += readChunk {
		ops = append(ops, readOp(address+uint16(at), min(readChunk, len(buf)-at)))
	}
	if err := c.bus.Do(ctx, ops...); err != nil {
		return err
	}
	for i, op := range ops {
		copy(buf[i*readChunk:], readData(op))
	}
	return nil
}

// writeBurst writes data from an address on.
func (c chip) writeBurst(ctx context.Context, address uint16, data []byte) error {
	var ops []hardware.Op
	for at := 0; at < len(data); at += writeChunk {
		ops = append(ops, writeOp(address+uint16(at), data[at:min(at+writeChunk, len(data))]...))
	}
	return c.bus.Do(ctx, ops...)
}

// write sets fields in one exchange. The order among them is free.
func (c chip) write(ctx context.Context, list ...setting) error {
	var w window
	w.add(list...)
	return c.flush(ctx, &w)
}

// flush sends what is queued and empties the window: everything in it has reached
// the chip before anything queued later does.
func (c chip) flush(ctx context.Context, w *window) error {
	ops, err := w.ops()
	if err != nil || len(ops) == 0 {
		return err
	}
	w.changes = w.changes[:0]
	return c.bus.Do(ctx, ops...)
}

// writeOp writes bytes from an address on.
func writeOp(address uint16, data ...byte) hardware.Op {
	out := make([]byte, writeHeader, writeHeader+len(data))
	out[0] = muxChip
	binary.BigEndian.PutUint16(out[1:], address)
	out[1] |= writeBit
	return hardware.Op{Target: hardware.SX1302, Out: append(out, data...)}
}
