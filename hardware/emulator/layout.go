package emulator

import (
	"sync"

	"hexspot/hardware/sx1302"
)

// layout is what the register file is made of, byte by byte from addrRegisters.
type layout struct {
	defined, readOnly, reset [addrRegistersEnd - addrRegisters]byte
}

// sharedLayout is the same for all chips, which only read it. Of the driver's
// register table it takes where fields are, what they hold after a reset and
// which are read-only; what fields do, this package knows by itself.
var sharedLayout = sync.OnceValue(func() *layout {
	l := new(layout)
	for _, f := range sx1302.Fields() {
		i := f.Address - addrRegisters
		l.defined[i] |= f.Mask()
		l.reset[i] |= f.Reset << f.Bit
		if f.ReadOnly {
			l.readOnly[i] |= f.Mask()
		}
	}
	return l
})
