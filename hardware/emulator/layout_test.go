package emulator

import (
	"testing"

	"hexspot/hardware/sx1302"
)

// The driver's register table and the chip's are two lists; where they speak of the
// same bits they must say the same.
func TestDriverFields(t *testing.T) {
	l := sharedLayout()
	for _, f := range sx1302.Fields() {
		i, mask := f.Address-addrRegisters, f.Mask()
		if l.defined[i]&mask != mask {
			t.Errorf("%s: the chip has bits %02X at %04X, the driver %02X", f.Name, l.defined[i], f.Address, mask)
		}
		if readOnly := l.readOnly[i]&mask == mask; readOnly != f.ReadOnly {
			t.Errorf("%s: read-only is %v for the chip, %v for the driver", f.Name, readOnly, f.ReadOnly)
		}
		if got := l.reset[i] & mask >> f.Bit; got != f.Reset {
			t.Errorf("%s: %02X after a reset of the chip, %02X for the driver", f.Name, got, f.Reset)
		}
	}
}

func TestChipBytes(t *testing.T) {
	for i, b := range chipBytes {
		if i > 0 && b.address <= chipBytes[i-1].address {
			t.Errorf("%04X is behind %04X", b.address, chipBytes[i-1].address)
		}
		if b.readOnly&^b.bits != 0 || b.reset&^b.bits != 0 {
			t.Errorf("%04X: read-only %02X and reset %02X are not within bits %02X", b.address, b.readOnly, b.reset, b.bits)
		}
	}
}

// A reset restores also what our driver leaves alone (public HAL, register list).
func TestResetRestoresEveryByte(t *testing.T) {
	h := newHost(t, Config{})
	want := map[uint16]byte{
		0x5603: 0x02, 0x5604: 0x80, 0x5602: 0x05, 0x522A: 0x40, 0x542A: 0x40, 0x546A: 0x14,
	}
	for address, value := range want {
		h.write(address, value^0x05)
	}
	h.chip.Reset()
	for address, value := range want {
		if got := h.byte(address); got != value {
			t.Errorf("%04X holds %02X, want %02X", address, got, value)
		}
	}
	h.clean()
}
