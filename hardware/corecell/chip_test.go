package corecell

import (
	"sync"

	"hexspot/hardware"
)

var testID = [12]byte{'h', 'e', 'x', 's', 'p', 'o', 't', 0, 1, 2, 3, 4}

// chip is a Device with 32 kB of registers, all of them plain memory.
type chip struct {
	mu       sync.Mutex
	memory   [1 << 15]byte
	levels   []level
	echo     bool // bring back what went out, inverted
	status   [2]Status
	refuse   bool
	celsius  float64
	noSensor bool
	restarts int
	asleep   bool // in reset
}

func newChip() *chip { return &chip{celsius: 23.5} }

func (c *chip) SPI(target hardware.Target, out, in []byte) Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	if status := c.status[target]; status != StatusOK {
		in[0] = 0xEE // must not get out
		return status
	}
	if c.echo || target == hardware.SX1261 {
		copy(in, inverted(out))
		return StatusOK
	}
	if len(out) < 3 {
		return StatusOK
	}
	address := int(out[1]&0x7F)<<8 | int(out[2])
	if out[1]&0x80 != 0 {
		copy(c.memory[address:], out[3:])
	} else if len(in) > 4 {
		copy(in[4:], c.memory[address:])
	}
	return StatusOK
}

func inverted(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}

func (c *chip) GPIO(port, pin uint8, high bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := level{Pin{port, pin}, high}
	c.levels = append(c.levels, l)
	if l.Pin == PinReset {
		if c.asleep && !high {
			c.restarts++
		}
		c.asleep = high
	}
	return !c.refuse
}

func (c *chip) Temperature() (float64, bool) { return c.celsius, !c.noSensor }
