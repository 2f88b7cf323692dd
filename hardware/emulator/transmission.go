package emulator

import (
	"context"
	"fmt"
	"math"
	"time"

	"hexspot/radio"
)

// Transmission is one frame that a chain has put on the air, worked out from
// the registers alone.
type Transmission struct {
	Chain        int         // 0 radio A, 1 radio B
	Frequency    radio.Hertz // as the synthesizer makes it, in steps of 122 Hz
	Modulation   radio.Modulation
	Private      bool // LoRa with the sync word of private networks
	Payload      []byte
	Power        Power
	Conducted    radio.DBm     // what the board's gain table makes of Power, at the antenna connector
	StartCounter uint64        // µs of the chip's counter, unwrapped, at the first symbol
	StartAt      time.Time     // the same instant on the host's clock
	Duration     time.Duration // time on the air
	Aborted      bool          // cut short by the host
}

// Power is the power setting as the registers have it.
type Power struct {
	Amplifier   bool // external amplifier on
	Index       byte // SX1250 power index
	DigitalGain byte
	OffsetI     int8
	OffsetQ     int8
}

// Carrier is an unmodulated carrier, sent until the host aborts it.
type Carrier struct{}

// TimeOnAir is zero: a carrier has no frame.
func (Carrier) TimeOnAir(int) time.Duration { return 0 }

// String gives "CW".
func (Carrier) String() string { return "CW" }

// Sources of a chain's modulation.
const (
	sourceCarrier = 0
	sourceLoRa    = 1
	sourceFSK     = 2
)

// describe reads what a chain is set to send, and the ticks from its trigger to
// the first symbol. ok is false if the registers describe no frame.
func (c *Chip) describe(t *chain) (out Transmission, delay uint64, ok bool) {
	out = Transmission{
		Chain:     int(t.base-addrTxTop) / chainStep,
		Frequency: stepsToHertz(c.txWord(t, txFrequency, 3)),
		Power: Power{
			Amplifier:   c.txByte(t, txPower)>>6&1 == 1,
			Index:       c.txByte(t, txPower) & 0x3F,
			DigitalGain: c.txByte(t, txIQGain) & 3,
			OffsetI:     int8(c.txByte(t, txIOffset)),
			OffsetQ:     int8(c.txByte(t, txQOffset)),
		},
	}
	switch fsk := c.txByte(t, txModulation)&1 == 1; c.txByte(t, txInterface) & 3 {
	case sourceLoRa:
		// The start delay is for LoRa: reference drivers leave it alone for FSK.
		return out, uint64(c.txWord(t, txStartDelay, 2)), !fsk && c.describeLoRa(t, &out)
	case sourceFSK:
		return out, 0, fsk && c.describeFSK(t, &out)
	case sourceCarrier:
		out.Modulation = Carrier{}
		return out, 0, true
	}
	return out, 0, false
}

func (c *Chip) describeLoRa(t *chain, out *Transmission) bool {
	rate, code, modem := c.txByte(t, txLoRaRate), c.txByte(t, txLoRaCode), c.txByte(t, txLoRaModem)
	m := radio.LoRa{
		SF:             radio.SpreadingFactor(rate & 0x0F),
		Bandwidth:      bandwidthOf(rate >> 4),
		CodeRate:       radio.CodeRate(code & 7),
		Preamble:       uint16(c.txByte(t, txLoRaPreHi))<<8 | uint16(c.txByte(t, txLoRaPreLow)),
		ImplicitHeader: modem>>1&1 == 1,
		NoCRC:          modem&1 == 0,
		InvertIQ:       c.txByte(t, txLoRaShape)>>1&1 == 1,
	}
	if modem>>6&1 == 0 || m.SF < 5 || m.SF > 12 || m.Bandwidth == 0 ||
		m.CodeRate < radio.CodeRate4_5 || m.CodeRate > radio.CodeRate4_8 || m.Preamble == 0 {
		return false
	}
	size := int(c.txByte(t, txLoRaLength))
	out.Modulation, out.Duration = m, m.TimeOnAir(size)
	out.Payload = append([]byte{}, t.payload[:size]...)
	out.Private = c.sync(t.base+txLoRaSync) == syncPrivate
	return true
}

// checkLoRa notes settings with which the frame goes out and no receiver decodes it.
func (c *Chip) checkLoRa(t *chain, m radio.LoRa) {
	code, modem := c.txByte(t, txLoRaCode), c.txByte(t, txLoRaModem)
	if code>>4 != bit(m.LowDataRate(), 0) {
		c.violateWrite(violLowDataRate, t.base+txLoRaCode, code)
	}
	if modem>>7 != bit(m.SF < 7, 0) {
		c.violateWrite(violFineSync, t.base+txLoRaModem, modem)
	}
}

func (c *Chip) describeFSK(t *chain, out *Transmission) bool {
	divider := c.txWord(t, txFSKBitRate, 2)
	size := int(c.txByte(t, txFSKLength))
	if divider == 0 || int(t.payload[0]) != size {
		return false
	}
	m := radio.FSK{
		BitRate:   ticksPerSecond / divider,
		Deviation: stepsToHertz(c.deviation(t)),
		Preamble:  uint16(c.txWord(t, txFSKPreamble, 2)),
		NoCRC:     c.txByte(t, txFSKConfig)>>1&1 == 0,
	}
	out.Modulation, out.Duration = m, m.TimeOnAir(size)
	out.Payload = append([]byte{}, t.payload[1:1+size]...)
	return true
}

// stepsToHertz: the TX front end counts in 32 MHz / 2^18.
func stepsToHertz(steps uint32) radio.Hertz {
	return radio.Hertz(math.Round(float64(steps) * 32e6 / (1 << 18)))
}

// Bounds of what is kept for those who listen.
const (
	sentKept   = 256
	sentQueued = 64
)

// subscribers hands out transmissions. It never blocks the chip.
type subscribers struct {
	kept chan Transmission // for Sent
	all  map[chan Transmission]struct{}
}

func (s *subscribers) publish(t Transmission) {
	for kept := false; !kept; {
		select {
		case s.kept <- t:
			kept = true
		default:
			s.dropOldest()
		}
	}
	for ch := range s.all {
		select {
		case ch <- t:
		default:
		}
	}
}

func (s *subscribers) dropOldest() {
	select {
	case <-s.kept:
	default:
	}
}

// Sent waits for the next transmission that has ended. The last 256 are kept
// for it, the oldest lost first.
func (c *Chip) Sent(ctx context.Context) (Transmission, error) {
	select {
	case t := <-c.sent.kept:
		return t, nil
	case <-ctx.Done():
		return Transmission{}, fmt.Errorf("emulator: waiting for a transmission: %w", context.Cause(ctx))
	}
}

// Subscribe gets every transmission that ends from now on, until cancel is
// called. One who is more than 64 behind misses some. Sent is not affected.
func (c *Chip) Subscribe() (sent <-chan Transmission, cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan Transmission, sentQueued)
	if c.sent.all == nil {
		c.sent.all = make(map[chan Transmission]struct{})
	}
	c.sent.all[ch] = struct{}{}
	return ch, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.sent.all, ch)
	}
}
