package emulator

import "hexspot/radio"

// checkSettings notes settings of a chain that contradict each other. The chip sends
// what it is told, which nobody can receive then.
func (c *Chip) checkSettings(t *chain, m radio.Modulation) {
	trigger := t.base + txTrigger
	if c.txByte(t, txControl)&1 == 1 {
		c.violateWrite(violTxOpen, trigger, c.register(trigger))
	}
	agrees := true
	switch m := m.(type) {
	case radio.LoRa:
		c.checkLoRa(t, m)
		agrees = c.agreesLoRa(t, m)
	case radio.FSK:
		agrees = c.agreesFSK(t)
	}
	if !agrees {
		c.violateWrite(violTxOdds, trigger, c.register(trigger))
	}
}

// agreesLoRa: modem, front end and AGC have the same bandwidth, and the modem runs.
func (c *Chip) agreesLoRa(t *chain, m radio.LoRa) bool {
	return c.toSX1250(t) &&
		c.txByte(t, txAGCRate) == c.txByte(t, txLoRaRate)>>4 &&
		c.deviation(t) == uint32(int64(m.Bandwidth/2)<<18/ticksPerSecond) &&
		c.txByte(t, txLoRaStart)>>7 == 1
}

// agreesFSK: the AGC is told of FSK, and through the mailbox of the deviation, 128
// times as fine as the front end.
func (c *Chip) agreesFSK(t *chain) bool {
	var fine uint32
	for i := range uint16(3) {
		fine = fine<<8 | uint32(c.register(regMailboxWrite0-2+i))
	}
	return c.toSX1250(t) && c.txByte(t, txAGCRate)&0x80 != 0 && fine>>7 == c.deviation(t)
}

func (c *Chip) toSX1250(t *chain) bool { return c.txByte(t, txInterface)>>2&1 == 1 }

// deviation of the front end, in its steps.
func (c *Chip) deviation(t *chain) uint32 { return c.txWord(t, txDeviation, 2) & 0xFFF }
