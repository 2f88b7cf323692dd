package emulator

import "hexspot/radio"

// agrees says whether the settings that a driver has to keep in step are: the same
// bandwidth for modem, front end and AGC, the same deviation for front end and
// radio, low data rate where symbols are long. Otherwise the chip would emit what
// nobody can receive.
func (c *Chip) agrees(t *chain, m radio.Modulation) bool {
	switch m := m.(type) {
	case radio.LoRa:
		return c.agreesLoRa(t, m)
	case radio.FSK:
		return c.agreesFSK(t)
	}
	return true // a carrier
}

func (c *Chip) agreesLoRa(t *chain, m radio.LoRa) bool {
	low := reception{bandwidth: int(m.Bandwidth), sf: int(m.SF)}.lowDataRate()
	code := c.txByte(t, txLoRaCode)
	return c.toSX1250(t) &&
		c.txByte(t, txAGCRate) == c.txByte(t, txLoRaRate)>>4 &&
		c.deviation(t) == uint32(int64(m.Bandwidth/2)<<18/ticksPerSecond) &&
		code>>4&3 == bit(low, 0) && code>>6 == 0 &&
		c.txByte(t, txLoRaStart)>>7 == 1
}

// agreesFSK: the AGC is told the deviation through the mailbox, 128 times as fine.
func (c *Chip) agreesFSK(t *chain) bool {
	var radio uint32
	for i := range uint16(3) {
		radio = radio<<8 | uint32(c.register(regMailboxWrite0-2+i))
	}
	return c.toSX1250(t) && c.txByte(t, txAGCRate)&0x80 != 0 && radio>>7 == c.deviation(t)
}

func (c *Chip) toSX1250(t *chain) bool { return c.txByte(t, txInterface)>>2&1 == 1 }

// deviation of the front end, in its steps.
func (c *Chip) deviation(t *chain) uint32 { return c.txWord(t, txDeviation, 2) & 0xFFF }
