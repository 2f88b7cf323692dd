package sx1302

import (
	"time"

	"hexspot/radio"
)

// What an FSK frame has if nothing else is said (LoRaWAN regional parameters), and
// the shortest preamble the chip makes, in bytes.
const (
	usualDeviation      = 25 * radio.KHz
	usualFSKPreamble    = 5
	shortestFSKPreamble = 3
)

// clockRate is that of the modulator in Hz.
const clockRate = 32_000_000

// fsk adds what an FSK frame needs. Its first symbol comes with the trigger: the
// chip's start delay is for LoRa only, and stays as it is.
func (c txChain) fsk(f *txFrame, m radio.FSK, payload []byte) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if m.Deviation == 0 {
		m.Deviation = usualDeviation
	}
	if m.Preamble == 0 {
		m.Preamble = usualFSKPreamble
	}
	m.Preamble = max(m.Preamble, shortestFSKPreamble)
	m.BitRate = clockRate / (clockRate / m.BitRate) // the nearest above that the divider makes
	f.memory = append([]byte{byte(len(payload))}, payload...)
	f.airtime, f.grain = m.TimeOnAir(len(payload)), 8*time.Second/time.Duration(m.BitRate)
	f.settings = c.rows(fskTXSettings(m, len(payload))...)
	f.settings = append(f.settings, c.rows(deviationSettings(m.Deviation)...)...)
	f.settings = append(f.settings, radioDeviationSettings(m.Deviation)...)
	return nil
}

// fskTXSettings are those of the modulator: variable length, whitening, Gaussian
// filter of BT 1. m has its preamble.
func fskTXSettings(m radio.FSK, size int) []setting {
	rate := clockRate / m.BitRate
	list := []setting{
		{regTXModulation, 1}, {regTXSource, sourceFSK}, {regTXBandwidth, 0x80},
		{regTXFSKPacketMode, 1}, {regTXFSKCRC, bitIf(!m.NoCRC, 1)}, {regTXFSKWhitening, 2}, {regTXFSKCRCIBM, 0},
		{regTXFSKGaussian, 1}, {regTXFSKGaussianBT, 2}, {regTXFSKSyncEnable, 1}, {regTXFSKPreambleSeq, 0},
		{regTXFSKSyncSize, byte(len(fskSyncWord()) - 1)},
		{regTXFSKRateHigh, byte(rate >> 8)}, {regTXFSKRateLow, byte(rate)},
		{regTXFSKPreambleHigh, byte(m.Preamble >> 8)}, {regTXFSKPreambleLow, byte(m.Preamble)},
		{regTXFSKLength, byte(size)},
	}
	return append(list, fskSyncSettings(regTXFSKSync)...)
}

// radioDeviationSettings tell the AGC, which sets the radio up for FSK, the
// deviation in the radio's steps of 32 MHz / 2^25.
func radioDeviationSettings(f radio.Hertz) []setting {
	steps := uint32(uint64(f) << 25 / 32_000_000)
	return []setting{
		{regMailboxWrite[2], byte(steps >> 16)}, {regMailboxWrite[1], byte(steps >> 8)}, {regMailboxWrite[0], byte(steps)},
	}
}
