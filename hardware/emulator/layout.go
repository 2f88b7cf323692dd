package emulator

import "sync"

// layout is what the register file is made of, byte by byte from addrRegisters.
type layout struct {
	defined, readOnly, reset [addrRegistersEnd - addrRegisters]byte
}

// sharedLayout is the same for all chips, which only read it.
var sharedLayout = sync.OnceValue(func() *layout {
	l := new(layout)
	for _, b := range chipBytes {
		l.put(b)
		if b.address < addrTxPayload {
			b.address += chainStep
			l.put(b)
		}
	}
	return l
})

func (l *layout) put(b chipByte) {
	i := b.address - addrRegisters
	l.defined[i], l.readOnly[i], l.reset[i] = b.bits, b.readOnly, b.reset
}
