package emulator

import (
	"time"

	"hexspot/hardware"
)

// The SX1302's multiplexer: what the first byte of a frame addresses.
const (
	muxChip   = 0
	muxRadioA = 1
	muxRadioB = 2
)

// transfer runs one SPI frame and returns the violation of a strict chip.
func (c *Chip) transfer(now time.Time, target hardware.Target, out, in []byte) error {
	before := c.violations.count
	fill(in, 0)
	if !c.alive() {
		return nil
	}
	c.settle(now)
	switch target {
	case hardware.SX1302:
		c.chipFrame(now, out, in)
	case hardware.SX1261:
		if !c.listener.exchange(now, out, in) {
			c.violateWrite(violOpcode, uint16(at(out, 0)), at(out, 1))
		}
	default:
		c.violateWrite(violTarget, uint16(target), 0)
	}
	return c.verdict(before)
}

func (c *Chip) chipFrame(now time.Time, out, in []byte) {
	if len(out) < 2 {
		c.violateWrite(violFrame, 0, at(out, 0))
		return
	}
	switch out[0] {
	case muxChip:
		c.memoryFrame(now, out, in)
	case muxRadioA, muxRadioB:
		c.radioExchange(int(out[0]-muxRadioA), out[1:], tail(in, 1))
		c.wake()
	default:
		c.violateWrite(violTarget, uint16(out[0]), 0)
	}
}

// memoryFrame reads or writes bytes. The address counts up inside a frame,
// except in the RX FIFO, which pops.
func (c *Chip) memoryFrame(now time.Time, out, in []byte) {
	if len(out) < 4 {
		c.violateWrite(violFrame, uint16(len(out)), 0)
		return
	}
	address := uint16(out[1]&0x7F)<<8 | uint16(out[2])
	if out[1]&0x80 != 0 {
		for i, value := range out[3:] {
			c.store(address+uint16(i), value, now)
		}
		c.wake()
		return
	}
	for i := 4; i < len(out); i++ {
		value := c.load(address, now)
		if i < len(in) {
			in[i] = value
		}
		if !inFIFO(address) {
			address++
		}
	}
	if inFIFO(address) {
		c.wake()
	}
}

func inFIFO(address uint16) bool { return address >= addrFIFO && address < addrFIFO+fifoSize }

// modify is a read-modify-write of one register byte, as the bridge does it:
// the value is not masked.
func (c *Chip) modify(now time.Time, address uint16, mask, value byte) (old, written byte, err error) {
	before := c.violations.count
	if !c.alive() {
		return 0, value, nil
	}
	c.settle(now)
	old = c.load(address, now)
	written = old&^mask | value
	c.store(address, written, now)
	c.wake()
	return old, written, c.verdict(before)
}

// verdict is the error of a strict chip for a violation since a count.
func (c *Chip) verdict(before int) error {
	if !c.config.Strict || c.violations.count == before {
		return nil
	}
	if n := len(c.violations.list); before < n {
		return &ViolationError{c.violations.list[before]}
	}
	return &ViolationError{Violation{What: "further violations"}}
}
