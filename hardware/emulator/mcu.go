package emulator

import "math/bits"

// mcu is one of the two microcontrollers: program RAM, and whether it runs.
type mcu struct {
	ram     [programSize]byte
	ctrl    uint16 // its control register
	running bool
	parity  bool // PARITY_ERROR
	status  byte
}

// control follows a write of the control register. The program starts when
// MCU_CLEAR falls while HOST_PROG is 0; it reports whether it did.
func (m *mcu) control(old, value byte) (started bool) {
	switch {
	case value&mcuClear != 0:
		m.running, m.parity, m.status = false, false, 0
	case value&mcuProg != 0:
		m.running = false
	case old&mcuClear != 0:
		m.parity = !parityHolds(&m.ram)
		m.running = !m.parity && m.ram != [programSize]byte{}
		return m.running
	}
	return false
}

// parityHolds says whether bit 14 of each word is the parity of the bits below.
func parityHolds(ram *[programSize]byte) bool {
	for i := 0; i < programSize; i += 2 {
		word := uint16(ram[i]) | uint16(ram[i+1])<<8
		if bits.OnesCount16(word&0x7FFF)%2 != 0 {
			return false
		}
	}
	return true
}

// agcSteps is the AGC's start-up: what the host writes to the mailbox's byte 3
// in which status, and the status that answers.
var agcSteps = [...]struct{ status, command, next byte }{
	{0x01, 0x80, 0x02}, // radio A gains
	{0x02, 0x20, 0x03}, // radio B gains
	{0x03, 0x03, 0x04}, // analog gain
	{0x04, 0x04, 0x05}, // analog threshold
	{0x05, 0x05, 0x06}, // decimator attenuation
	{0x06, 0x06, 0x07}, // decimator threshold
	{0x07, 0x07, 0x08}, // channel attenuation
	{0x08, 0x08, 0x09}, // channel threshold
	{0x09, 0x09, 0x0A}, // SX1250: PA configuration
	{0x09, 0x0A, 0x0B}, // SX125x: PA delay without it
	{0x0A, 0x0A, 0x0B}, // PA delay
	{0x0B, 0x0B, 0x0F}, // listen before talk
	{0x0F, 0x0F, 0x00}, // done
}

// startAGC is the firmware's first act: its version in the mailbox.
func (c *Chip) startAGC() {
	c.agcReady, c.lbtOn = false, false
	if c.faults.AGCStuck == 1 {
		return
	}
	c.agc.status = 0x01
	c.setRegister(regMailboxRead0, orElse(c.faults.AGCVersion, c.config.AGCVersion))
}

// mailbox follows a write of byte 3, the host's "go".
func (c *Chip) mailbox(command byte) {
	if !c.agc.running || c.agcReady {
		c.violateWrite(violMailbox, regMailboxWrite3, command)
		return
	}
	for _, s := range agcSteps {
		if s.status != c.agc.status || s.command != command {
			continue
		}
		if c.faults.AGCStuck == s.next && s.next != 0 {
			return
		}
		c.answerMailbox(s.next)
		return
	}
	c.violateWrite(violMailbox, regMailboxWrite3, command)
}

func (c *Chip) answerMailbox(next byte) {
	for i := uint16(0); i < 3; i++ {
		c.setRegister(regMailboxRead0-i, c.register(regMailboxWrite0-i))
	}
	if next == 0x0F {
		c.lbtOn = c.register(regMailboxWrite0) != 0
	}
	c.agc.status = next
	c.agcReady = next == 0
}

// mailboxLow follows a write of byte 0, which at run time acknowledges the status
// bits of a transmission (there are none without listen before talk).
func (c *Chip) mailboxLow(value byte) {
	if c.agcReady && value == 0xFF {
		c.agc.status = 0
	}
}

func (c *Chip) startARB() {
	c.arbReady = false
	if c.faults.ARBStuck {
		return
	}
	c.arb.status = 0x01
	c.setRegister(regARBDebug, orElse(c.faults.ARBVersion, c.config.ARBVersion))
}

// arbGo follows a write of CFG1, on which the ARB resumes.
func (c *Chip) arbGo(value byte) {
	if c.arb.running && c.arb.status == 0x01 && value == 1 {
		c.arb.status, c.arbReady = 0, true
	}
}

func orElse(value, otherwise byte) byte {
	if value != 0 {
		return value
	}
	return otherwise
}
