package sx1302

import (
	"fmt"
	"slices"
)

// Field is one field of the chip's register file. A field never crosses a byte;
// values of several bytes are several fields, "…HI" before "…LO". Addresses, bits and
// reset values are those of the public HAL's register list.
type Field struct {
	Name     string // block and field, "AGC.STATUS"
	Address  uint16 // of its byte
	Bit      uint8  // lowest bit
	Width    uint8  // bits, 1 to 8
	Signed   bool
	ReadOnly bool
	Reset    byte // value after the reset of the chip, not shifted
}

// Mask has the bits of the field within its byte set.
func (f Field) Mask() byte { return byte(1<<f.Width-1) << f.Bit }

// Max is the largest value that fits.
func (f Field) Max() byte { return byte(1<<f.Width - 1) }

// Memory behind the address space, all but the registers.
const (
	AGCMemory    = 0x0000 // program of the AGC, needs its HOST_PROG
	ARBMemory    = 0x2000 // program of the ARB, needs its HOST_PROG
	ProgramSize  = 8192   // bytes of each
	RXFIFO       = 0x4000 // pops: the address does not count up within a frame
	RXFIFOSize   = 4096
	TXPayloadA   = 0x5300 // 256 bytes, needs WRITE_BUFFER; chain B is TXChainStep above
	TXPayloadLen = 256
	TXChainStep  = 0x0200 // from an address of TX chain A to that of chain B
)

// Fields lists every field this driver knows, in the order of addresses. The caller
// may change the slice.
func Fields() []Field {
	all := slices.Concat(commonFields, gpioFields, frontEndFields, agcFields, clockFields,
		channelFields, correlatorFields, modemFields, bufferFields,
		serviceFields, fskFields, arbFields, timeFields, otpFields)
	for chain := range 2 {
		for _, f := range txFields {
			all = append(all, f.on(chain))
		}
	}
	slices.SortStableFunc(all, func(a, b Field) int {
		if a.Address != b.Address {
			return int(a.Address) - int(b.Address)
		}
		return int(a.Bit) - int(b.Bit)
	})
	return all
}

// part is a row for a part of a byte.
func part(name string, address uint16, bit, width uint8, reset byte) Field {
	return Field{Name: name, Address: address, Bit: bit, Width: width, Reset: reset}
}

// whole is a row for a byte.
func whole(name string, address uint16, reset byte) Field { return part(name, address, 0, 8, reset) }

// reads makes a row read-only.
func reads(f Field) Field {
	f.ReadOnly = true
	return f
}

// signed makes a row's value two's complement.
func signed(f Field) Field {
	f.Signed = true
	return f
}

// kept is a row for neighbours of named fields which the driver leaves at their
// reset value. They are here because that value is not zero.
func kept(name string, address uint16, bit, width uint8, reset byte) Field {
	return part(name, address, bit, width, reset)
}

// series are n rows like the first, step bytes apart; %d in the name is the number.
func series(n int, step uint16, first Field) []Field {
	rows := make([]Field, n)
	for i := range rows {
		rows[i] = first
		rows[i].Name = fmt.Sprintf(first.Name, i)
		rows[i].Address += uint16(i) * step
	}
	return rows
}

// withResets gives each row of a series its own reset value.
func withResets(rows []Field, resets ...byte) []Field {
	for i := range rows {
		rows[i].Reset = resets[i]
	}
	return rows
}

// both are the rows of radio A and, step bytes above, B; %c in the name is the letter.
func both(step uint16, a Field) [2]Field {
	b := a
	b.Address += step
	a.Name, b.Name = fmt.Sprintf(a.Name, 'A'), fmt.Sprintf(b.Name, 'B')
	return [2]Field{a, b}
}

// pairs lists rows of both radios.
func pairs(list ...[2]Field) []Field {
	var rows []Field
	for _, p := range list {
		rows = append(rows, p[0], p[1])
	}
	return rows
}
