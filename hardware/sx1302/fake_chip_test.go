package sx1302

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"hexspot/hardware"
)

// fakeChip is the receive side of a chip behind a bus: a buffer that pops and a
// counter. It knows no more than three addresses, and refuses the rest.
type fakeChip struct {
	t       testing.TB
	buffer  []byte
	counter uint32   // read once per read of the counter
	step    uint32   // how far the counter goes between two reads of it
	pps     uint32   //
	counts  []uint16 // what the next reads of the size answer instead of the truth
	torn    []uint64 // likewise of PPS and counter

	exchanges, reads, longest int
	fail                      int // the exchange, from 1 on, that fails
	failure                   error
}

func (f *fakeChip) Do(_ context.Context, ops ...hardware.Op) error {
	f.exchanges++
	if f.exchanges == f.fail {
		return f.failure
	}
	for _, op := range ops {
		f.reads++
		f.longest = max(f.longest, len(op.Out)-readHeader)
		if len(op.In) != len(op.Out) || op.Out[0] != 0 || op.Out[1]&0x80 != 0 || op.Target != hardware.SX1302 {
			f.t.Fatalf("not a read frame: % x", op.Out[:4])
		}
		f.read(binary.BigEndian.Uint16(op.Out[1:]), op.In[readHeader:])
	}
	return nil
}

func (f *fakeChip) read(address uint16, in []byte) {
	switch address {
	case 0x58C8:
		binary.BigEndian.PutUint16(in, f.waiting())
	case 0x4000:
		n := copy(in, f.buffer)
		f.buffer = f.buffer[n:]
		clear(in[n:])
	case 0x6101:
		binary.BigEndian.PutUint64(in, f.latches())
	default:
		f.t.Fatalf("read of %04X", address)
	}
}

func (f *fakeChip) waiting() uint16 {
	if len(f.counts) > 0 {
		n := f.counts[0]
		f.counts = f.counts[1:]
		return n
	}
	return uint16(min(len(f.buffer), RXFIFOSize))
}

func (f *fakeChip) latches() uint64 {
	if len(f.torn) > 0 {
		v := f.torn[0]
		f.torn = f.torn[1:]
		return v
	}
	f.counter += f.step
	return uint64(f.pps)<<32 | uint64(f.counter)
}

func (f *fakeChip) Reset(context.Context) error { return fmt.Errorf("not here") }
func (f *fakeChip) String() string              { return "fake" }
func (f *fakeChip) Close() error                { return nil }
