package emulator

// layout is what the register file is made of, byte by byte from addrRegisters.
type layout struct {
	defined, readOnly, reset [addrRegistersEnd - addrRegisters]byte
}

// sharedLayout takes every bit for a stored one, and knows the reset values
// that a start-up depends on.
func sharedLayout() *layout {
	l := new(layout)
	fill(l.defined[:], 0xFF)
	for address, value := range map[uint16]byte{
		regCommonCtrl: 0x0B, regVersion: 0x10, regAGCCtrl: 0x14, regARBCtrl: 0x24,
	} {
		l.reset[address-addrRegisters] = value
	}
	return l
}
