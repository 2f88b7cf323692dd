package sx1302

import (
	"fmt"

	"hexspot/radio"
)

// multiSFChannels is how many channels the multi-SF modems have.
const multiSFChannels = 8

// fskBandwidth is the only one the HAL sets the FSK modem to.
const fskBandwidth = 125 * radio.KHz

// channelsOf puts a plan's channels on the radios. A channel the plan does not use
// is zero.
func channelsOf(p radio.Plan) (channels [fskChannel + 1]rxChannel, err error) {
	if n := len(p.MultiSF); n < 1 || n > multiSFChannels {
		return channels, fmt.Errorf("plan %s has %d multi-SF channels: want 1 to %d", p.Name, n, multiSFChannels)
	}
	place := func(i int, f, bandwidth radio.Hertz) {
		chain, offset, ok := p.Radio(f)
		if !ok && err == nil {
			err = fmt.Errorf("plan %s: the channel at %v is out of reach of the radios at %v and %v", p.Name, f, p.Radios[0], p.Radios[1])
		}
		channels[i] = rxChannel{frequency: f, intermediate: offset, chain: uint8(chain), bandwidth: bandwidth}
	}
	for i, f := range p.MultiSF {
		place(i, f, 125*radio.KHz)
	}
	if s := p.Service; s != nil {
		place(serviceChannel, s.Frequency, s.Bandwidth)
		err = firstOf(err, validService(*s))
	}
	if s := p.FSK; s != nil {
		place(fskChannel, s.Frequency, s.Bandwidth)
		err = firstOf(err, validFSK(*s))
	}
	return channels, err
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func validService(s radio.ServiceChannel) error {
	m := radio.LoRa{SF: s.SF, Bandwidth: s.Bandwidth, CodeRate: radio.CodeRate4_5}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("the LoRa service channel: %w", err)
	}
	return nil
}

func validFSK(s radio.FSKChannel) error {
	if s.Bandwidth != fskBandwidth {
		return fmt.Errorf("the FSK channel has a bandwidth of %v: want %v", s.Bandwidth, fskBandwidth)
	}
	if s.BitRate < 1000 || s.BitRate > 250_000 {
		return fmt.Errorf("the FSK channel has %d bit/s: want 1000 to 250000", s.BitRate)
	}
	return nil
}

// mask has a bit for each multi-SF channel that is so.
func mask(channels []rxChannel, is func(rxChannel) bool) (m byte) {
	for i, c := range channels[:multiSFChannels] {
		if is(c) {
			m |= 1 << i
		}
	}
	return m
}

func (c rxChannel) enabled() bool  { return c.frequency != 0 }
func (c rxChannel) onRadioB() bool { return c.chain == 1 }

// ifWord is the intermediate frequency as the registers have it: steps of 15625/32 Hz,
// 13 bits, two's complement.
func (c rxChannel) ifWord() uint16 { return uint16(c.intermediate*32/15625) & 0x1FFF }
