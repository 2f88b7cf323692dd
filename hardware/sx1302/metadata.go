package sx1302

import (
	"errors"
	"fmt"
	"time"

	"hexspot/radio"
)

// rxSetup is what the receive side must know of how the chip was set up, because
// packets do not say it themselves.
type rxSetup struct {
	gateway  radio.EUI
	channels [fskChannel + 1]rxChannel // 0-7 multi-SF, 8 LoRa service, 9 FSK
	chains   [2]rxChain                // radio A and B
	implicit *implicitHeader           // of the service channel; nil: frames say it
	bitRate  uint32                    // of the FSK channel, bit/s
	fine     bool                      // fine timestamp mode (SX1303)

	// now is the host's clock; nil, or a zero time from it: not to be trusted.
	now func() time.Time
}

// rxChannel is one channel; the zero rxChannel is off.
type rxChannel struct {
	frequency    radio.Hertz // its centre
	intermediate radio.Hertz // its centre less that of its radio
	chain        uint8       // 0 radio A, 1 radio B
	bandwidth    radio.Hertz // LoRa only
}

// rxChain is what a board does to the RSSI of one radio.
type rxChain struct {
	rssiOffset float64   // dB, -215.4 on a CoreCell
	curve      rssiCurve // over temperature
}

// implicitHeader is what frames without a header are known to be.
type implicitHeader struct {
	hasCRC   bool
	codeRate radio.CodeRate
}

// validate refuses a setup with which a packet could not be understood.
func (s *rxSetup) validate() error {
	for i, c := range s.channels {
		if c.frequency == 0 {
			continue
		}
		if int(c.chain) >= len(s.chains) {
			return fmt.Errorf("channel %d is on radio %d: there are two, 0 and 1", i, c.chain)
		}
		lora := radio.LoRa{SF: 7, CodeRate: radio.CodeRate4_5, Bandwidth: c.bandwidth}
		if err := lora.Validate(); err != nil && i != fskChannel {
			return fmt.Errorf("channel %d: %w", i, err)
		}
	}
	if s.channels[fskChannel].frequency != 0 && s.bitRate == 0 {
		return errors.New("the FSK channel has no bit rate")
	}
	return nil
}

// rssiCurve corrects the RSSI by temperature: the coefficients of a polynomial
// from the fourth power down to the constant, in 1/65536 dB (public HAL,
// loragw_sx1302.c).
type rssiCurve [5]float64

// at is the correction at a temperature in degrees Celsius, in dB.
func (c rssiCurve) at(celsius float64) float64 {
	var v float64
	for _, coefficient := range c {
		v = v*celsius + coefficient
	}
	return v / (1 << 16)
}

// fskLevel straightens the RSSI of the FSK modem, which is not in steps of 1 dB
// (public HAL, loragw_sx1302.c).
func fskLevel(raw uint8) float64 {
	r := float64(raw)
	return 90.636423 + r*(0.420835+r*(0.007129-r*0.000026))
}

// frequencyOffset is how far the transmitter is above the channel's centre. The
// modem measures the other way about, its own centre less the frame's frequency, in
// steps of bandwidth/2^20; and its centre is what the IF register can express, not the
// channel's. No data sheet says so. It follows from the public HAL, whose offset is
// the negative of this one: it adds what the register lacks (loragw_sx1302.c), and it
// takes symbols to be longer where the offset is positive (loragw_sx1302_timestamp.c).
// Either is right only of receiver less transmitter, which users measured on the SX1276
// (sandeepmistry/arduino-LoRa, issue 600). Not measured on this chip.
func (c rxChannel) frequencyOffset(steps int32) radio.Hertz {
	return registerIF(c.intermediate) - c.intermediate - radio.Hertz(float32(steps)*hertzPerStep(c.bandwidth))
}

// hertzPerStep has as many digits as the HAL's constants, so that both truncate
// to the same hertz.
func hertzPerStep(bandwidth radio.Hertz) float32 {
	switch bandwidth {
	case 250 * radio.KHz:
		return 0.238418579
	case 500 * radio.KHz:
		return 0.476837158
	default:
		return 0.11920929
	}
}

// registerIF is the frequency an IF register really stands for: it has steps of
// 15625/32 Hz.
func registerIF(f radio.Hertz) radio.Hertz { return f * 32 / 15625 * 15625 / 32 }

// hasCRC says whether the frame carries a payload CRC.
func (s *rxSetup) hasCRC(p *Packet) bool {
	return p.HasCRC || s.isImplicit(p) && s.implicit.hasCRC
}

func (s *rxSetup) isImplicit(p *Packet) bool {
	return p.Channel == serviceChannel && s.implicit != nil
}

// crcStatus is the state of the payload CRC. A frame that the modem calls good is
// computed again; agrees is false if it is not.
func (s *rxSetup) crcStatus(p *Packet) (status radio.CRCStatus, agrees bool) {
	switch {
	case !s.hasCRC(p):
		return radio.CRCNone, true
	case p.CRCError:
		return radio.CRCBad, true
	case p.Channel == fskChannel || len(p.Payload) == 0:
		return radio.CRCOK, true
	case PayloadCRC(p.Payload) != p.PayloadCRC:
		return radio.CRCBad, false
	}
	return radio.CRCOK, true
}

// lora is the modulation of a packet from a LoRa modem.
func (s *rxSetup) lora(p *Packet) radio.LoRa {
	m := radio.LoRa{
		SF:        radio.SpreadingFactor(p.SF),
		Bandwidth: s.channels[p.Channel].bandwidth,
		CodeRate:  radio.CodeRate(p.CodeRate),
		NoCRC:     !s.hasCRC(p),
	}
	if s.isImplicit(p) {
		m.CodeRate, m.ImplicitHeader = s.implicit.codeRate, true
	}
	if m.CodeRate > radio.CodeRate4_8 {
		m.CodeRate = radio.CodeRateNone
	}
	return m
}

// correction is what to add to the packet's latched time to have the end of its
// frame.
func (s *rxSetup) correction(m radio.Modulation, size int) time.Duration {
	lora, ok := m.(radio.LoRa)
	switch {
	case !ok:
		return fskCorrection(s.bitRate)
	case s.fine:
		return fineCorrection(lora, size)
	default:
		return legacyCorrection(lora, size)
	}
}
