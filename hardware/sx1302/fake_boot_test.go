package sx1302

import (
	"context"
	"fmt"
	"time"

	"hexspot/hardware"
)

// file is the register file from 5200 to 61FF.
type file [0x1000]byte

const fileBase = 0x5200

func (f *file) set(address uint16, mask, value byte) {
	p := &f[address-fileBase]
	*p = *p&^mask | value&mask
}

// traced is one entry of a trace.
type traced struct {
	after time.Duration // since the entry before
	what  string        // radio command, "program 0000", or "" for a window
	state file          // after it
}

// recorder is a chip of plain memory whose microcontrollers say what a driver wants
// to hear. It records what is written, window by window.
type recorder struct {
	file
	ram   [0x4000]byte
	modes [2]byte // of the radios
	model byte    // in OTP; the EUI counts from 0

	// Ways of being broken.
	version    byte // of the silicon; sound: 12
	parity     bool // the microcontrollers find errors
	imageFails bool // calibration of the radios
	deafRadio  bool // the radios do not take commands
	echo       byte // added to what the AGC gives back

	trace   []traced
	open    bool // the last entry is a window that may go on
	touched time.Time
}

// newRecorder fills the registers with a pattern, so that a bit that is touched by
// mistake shows.
func newRecorder(pattern byte) *recorder {
	r := &recorder{version: 0x12, modes: [2]byte{2, 2}, touched: time.Now()}
	for i := range r.file {
		r.file[i] = pattern
	}
	return r
}

// barriers are the bits whose writes have an order.
var barriers = map[uint16]byte{
	0x5601: 0x18, 0x5783: 0x0C, 0x5784: 0x0C, 0x57C0: 0x07, 0x5605: 0x08,
	0x5780: 0x06, 0x6080: 0x06, 0x5789: 0xFF, 0x608A: 0xFF,
	0x5200: 0x07, 0x5400: 0x07, 0x5207: 0x01, 0x5407: 0x01,
}

func (r *recorder) Do(_ context.Context, ops ...hardware.Op) error {
	var writes, barrier bool
	for _, op := range ops {
		switch {
		case op.Target != hardware.SX1302:
			return fmt.Errorf("target %d", op.Target)
		case op.Out == nil:
			if op.Value&^op.Mask != 0 {
				return fmt.Errorf("value %02X outside of mask %02X at %04X", op.Value, op.Mask, op.Address)
			}
			writes, barrier = true, barrier || barriers[op.Address]&op.Mask != 0
			r.write(op.Address, op.Mask, op.Value)
		case op.Out[0] != 0:
			r.radio(op)
		case op.Out[1]&0x80 != 0:
			address := uint16(op.Out[1]&0x7F)<<8 | uint16(op.Out[2])
			if address < 0x4000 {
				r.load(address, op.Out[3:])
				continue
			}
			for i, v := range op.Out[3:] {
				writes, barrier = true, barrier || barriers[address+uint16(i)] != 0
				r.write(address+uint16(i), 0xFF, v)
			}
		default:
			r.read(uint16(op.Out[1])<<8|uint16(op.Out[2]), op.In[4:])
		}
	}
	if writes {
		r.window(barrier)
	}
	return nil
}

// window records the state after the writes of an exchange: a barrier is alone,
// other writes join those just before.
func (r *recorder) window(barrier bool) {
	if r.open && !barrier {
		r.trace[len(r.trace)-1].state = r.file
		return
	}
	r.note("")
	r.open = !barrier
}

func (r *recorder) note(what string) {
	now := time.Now()
	r.trace = append(r.trace, traced{after: now.Sub(r.touched), what: what, state: r.file})
	r.touched, r.open = now, false
}

func (r *recorder) load(address uint16, data []byte) {
	copy(r.ram[address:], data)
	if address%0x2000 == 0 {
		r.note(fmt.Sprintf("program %04X", address))
	}
}

func (r *recorder) write(address uint16, mask, value byte) {
	old := r.file[address-fileBase]
	r.set(address, mask, value)
	switch {
	case address == 0x5789:
		for i := range uint16(3) {
			r.set(0x578E+i, 0xFF, r.file[0x578A+i-fileBase]+r.echo)
		}
		status := value + 1
		if s, ok := map[byte]byte{0x80: 2, 0x20: 3, 0x0B: 0x0F, 0x0F: 0}[value]; ok {
			status = s
		}
		r.set(0x5781, 0xFF, status)
	case address == 0x608A:
		r.set(0x6081, 0xFF, 0)
	case address == 0x5780 && old&^r.file[address-fileBase]&4 != 0:
		r.set(0x5781, 0xFF, 1)
		r.set(0x5790, 0xFF, 10)
	case address == 0x6080 && old&^r.file[address-fileBase]&4 != 0:
		r.set(0x6081, 0xFF, 1)
		r.set(0x608D, 0xFF, 2)
	}
}

func (r *recorder) read(address uint16, in []byte) {
	for i := range in {
		at := address + uint16(i)
		switch {
		case at < 0x4000:
			in[i] = r.ram[at]
		case at == 0x5606:
			in[i] = r.version
		case at == 0x6181:
			in[i] = r.otp(r.file[0x6180-fileBase])
		case at == 0x5780 || at == 0x6080:
			in[i] = r.file[at-fileBase]&^1 | bitIf(r.parity, 1)
		default:
			in[i] = r.file[at-fileBase]
		}
	}
}

func (r *recorder) otp(address byte) byte {
	if address == 0xD0 {
		return r.model
	}
	return address
}

func (r *recorder) radio(op hardware.Op) {
	index := op.Out[0] - 1
	switch {
	case op.Out[1] == 0x80 && !r.deafRadio:
		r.modes[index] = 2 + op.Out[2]
	case op.Out[1] == 0x17 && r.imageFails:
		op.In[4] = 0x10
	case op.Out[1] == 0xC0:
		op.In[2] = r.modes[index] << 4
	}
	r.note(fmt.Sprintf("%c> % X", 'A'+index, op.Out[1:]))
}

func (r *recorder) Reset(context.Context) error { return nil }
func (r *recorder) String() string              { return "recorder" }
func (r *recorder) Close() error                { return nil }
