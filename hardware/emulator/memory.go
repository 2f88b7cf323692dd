package emulator

import "time"

// load is a read of one byte by the host.
func (c *Chip) load(address uint16, now time.Time) byte {
	switch {
	case address < addrFIFO:
		return c.loadProgram(address)
	case address < addrFIFO+fifoSize:
		return c.loadFIFO(address)
	case address < addrRegisters || address >= addrRegistersEnd:
		c.violateRead(violUndefined, address)
		return 0
	}
	if chain := payloadChain(address); chain >= 0 {
		return c.tx[chain].payload[byte(address)]
	}
	if c.layout.defined[address-addrRegisters] == 0 {
		c.violateRead(violUndefined, address)
	}
	return c.loadRegister(address, now)
}

// loadRegister answers for the registers that are not plain memory.
func (c *Chip) loadRegister(address uint16, now time.Time) byte {
	value := c.register(address)
	switch address {
	case regVersion:
		if c.faults.VersionZero {
			return 0
		}
	case regAGCCtrl:
		return value&^mcuParity | bit(c.agc.parity || c.faults.Stall, 0)
	case regARBCtrl:
		return value&^mcuParity | bit(c.arb.parity || c.faults.Stall, 0)
	case regAGCStatus:
		if c.faults.Stall {
			return stalledStatus
		}
		return c.agc.status
	case regARBStatus:
		return c.arb.status
	case regRxBytesHigh:
		return byte(c.rx.size >> 8)
	case regRxBytesLow:
		return byte(c.rx.size)
	case regOTPData:
		return c.otp(c.register(regOTPAddress))
	case addrTxTop + txStatus:
		return c.tx[0].status(now)
	case addrTxTop + chainStep + txStatus:
		return c.tx[1].status(now)
	}
	if address >= regCounterPPS && address < regCounterEnd {
		return c.loadCounter(address, now)
	}
	return value
}

func (c *Chip) loadCounter(address uint16, now time.Time) byte {
	if address >= regCounterFree {
		return byte(c.clock.ticks(now) >> (8 * (regCounterEnd - 1 - address)))
	}
	return byte(c.clock.pps(now) >> (8 * (regCounterFree - 1 - address)))
}

// otp: the EUI at 0 to 7, the model at D0.
func (c *Chip) otp(address byte) byte {
	switch {
	case int(address) < len(c.config.EUI):
		return c.config.EUI[address]
	case address == 0xD0:
		return byte(c.config.Model)
	}
	return 0
}

func (c *Chip) program(address uint16) (m *mcu, offset uint16) {
	if address < addrARBRAM {
		return &c.agc, address - addrAGCRAM
	}
	return &c.arb, address - addrARBRAM
}

func (c *Chip) loadProgram(address uint16) byte {
	m, offset := c.program(address)
	if c.register(m.ctrl)&mcuProg == 0 {
		c.violateRead(violRAM, address)
		return 0
	}
	if c.faults.Readback && offset == programSize/2 {
		return m.ram[offset] ^ 1
	}
	return m.ram[offset]
}

func (c *Chip) loadFIFO(address uint16) byte {
	if c.register(regRxBuffer)&bufferDirectRAM != 0 {
		c.violateRead(violDirectRAM, address)
		return 0
	}
	b, ok := c.rx.pop()
	if !ok {
		c.violateRead(violFIFO, address)
	}
	return b
}

// store is a write of one byte by the host.
func (c *Chip) store(address uint16, value byte, now time.Time) {
	switch {
	case address < addrFIFO:
		c.storeProgram(address, value)
		return
	case address < addrRegisters || address >= addrRegistersEnd:
		c.violateWrite(violUndefined, address, value)
		return
	}
	if chain := payloadChain(address); chain >= 0 {
		c.storePayload(chain, address, value)
		return
	}
	c.checkWrite(address, value)
	old := c.register(address)
	keep := c.layout.readOnly[address-addrRegisters]
	value = old&keep | value&^keep
	c.setRegister(address, value)
	c.act(address, old, value, now)
}

// checkWrite notes a write that sets what cannot be set.
func (c *Chip) checkWrite(address uint16, value byte) {
	i := address - addrRegisters
	defined, readOnly := c.layout.defined[i], c.layout.readOnly[i]
	switch {
	case defined == 0:
		c.violateWrite(violUndefined, address, value)
	case readOnly == defined || value&^c.loadRegister(address, time.Time{})&readOnly != 0:
		c.violateWrite(violReadOnly, address, value)
	case value&^defined != 0:
		c.violateWrite(violReserved, address, value)
	}
}

// act does what writing some registers does beyond storing.
func (c *Chip) act(address uint16, old, value byte, now time.Time) {
	switch address {
	case regAGCCtrl:
		if c.agc.control(old, value) {
			c.startAGC()
		}
	case regARBCtrl:
		if c.arb.control(old, value) {
			c.startARB()
		}
	case regMailboxWrite3:
		c.mailbox(value)
	case regMailboxWrite0:
		c.mailboxLow(value)
	case regARBGo:
		c.arbGo(value)
	case regRFEnableA, regRFEnableB:
		c.radioLines(int(address-regRFEnableA), value)
	case regGPS:
		c.clock.pulse(now, value&gpsEnable != 0 && !c.faults.NoPPS)
		c.rearm(now)
	case addrTxTop + txTrigger, addrTxTop + chainStep + txTrigger:
		c.trigger(&c.tx[(address-addrTxTop)/chainStep], old, value, now)
	}
}

func (c *Chip) storeProgram(address uint16, value byte) {
	m, offset := c.program(address)
	if c.register(m.ctrl)&mcuProg == 0 {
		c.violateWrite(violRAM, address, value)
		return
	}
	m.ram[offset] = value
}

func (c *Chip) storePayload(chain int, address uint16, value byte) {
	t := &c.tx[chain]
	if c.register(t.base+txControl)&1 == 0 {
		c.violateWrite(violPayloadRAM, address, value)
		return
	}
	t.payload[byte(address)] = value
}

// payloadChain is the TX chain whose payload RAM an address is in, or -1.
func payloadChain(address uint16) int {
	switch address &^ 0xFF {
	case addrTxPayload:
		return 0
	case addrTxPayload + chainStep:
		return 1
	}
	return -1
}
