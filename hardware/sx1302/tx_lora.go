package sx1302

import "hexspot/radio"

// shortestLoRaPreamble is what receivers need, usualLoRaPreamble LoRaWAN's, in
// symbols. A shorter one is made that long, as the HAL does.
const (
	shortestLoRaPreamble = 6
	usualLoRaPreamble    = 8
)

// lora adds what a LoRa frame needs.
func (c txChain) lora(f *txFrame, m radio.LoRa, payload []byte) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if m.Preamble == 0 {
		m.Preamble = usualLoRaPreamble
	}
	m.Preamble = max(m.Preamble, shortestLoRaPreamble)
	f.memory, f.delay = payload, loraStartDelay(m)
	f.airtime, f.grain = m.TimeOnAir(len(payload)), m.SymbolTime()
	f.settings = c.rows(loraSettings(m, len(payload))...)
	f.settings = append(f.settings, c.rows(deviationSettings(m.Bandwidth/2)...)...)
	f.settings = append(f.settings, c.rows(startDelaySettings(f.delay)...)...)
	f.settings = append(f.settings, c.rows(txSyncSettings(c.private || m.SF < 7)...)...)
	return nil
}

// loraSettings are those of the modulator. m has its preamble.
func loraSettings(m radio.LoRa, size int) []setting {
	return []setting{
		{regTXModulation, 0}, {regTXSource, sourceLoRa}, {regTXBandwidth, bandwidthCode(m.Bandwidth)},
		{regTXLoRaSF, byte(m.SF)}, {regTXLoRaBW, bandwidthCode(m.Bandwidth)}, {regTXLoRaCodeRate, byte(m.CodeRate)},
		{regTXLoRaPPM, bitIf(m.LowDataRate(), 1)}, {regTXLoRaPPMHeader, 0},
		{regTXLoRaCRC, bitIf(!m.NoCRC, 1)}, {regTXLoRaImplicit, bitIf(m.ImplicitHeader, 1)},
		{regTXLoRaMode, 2}, {regTXLoRaModem, 1}, {regTXLoRaFineSync, bitIf(m.SF < 7, 1)},
		{regTXLoRaLength, byte(size)}, {regTXLoRaStart, 1},
		{regTXLoRaPreHigh, byte(m.Preamble >> 8)}, {regTXLoRaPreLow, byte(m.Preamble)},
		{regTXLoRaContinuous, 0}, {regTXLoRaInvertIQ, bitIf(m.InvertIQ, 1)}, {regTXLoRaLowpass, chirpLowpass(m.SF)},
	}
}

// chirpLowpass is the order of the filter of the chirp, a power of two.
func chirpLowpass(sf radio.SpreadingFactor) byte {
	if sf < 10 {
		return 6
	}
	return 7
}

func txSyncSettings(private bool) []setting {
	word := syncPublic()
	if private {
		word = syncPrivate()
	}
	return []setting{{regTXLoRaSync[0], word[0]}, {regTXLoRaSync[1], word[1]}}
}

// rampUp is how many ticks before the first symbol the transmitter is triggered, so
// that the radio has settled: 1.5 ms, less what the chain itself takes.
const rampUp = 48_000

// loraStartDelay is what is left for the chain to wait after the trigger, in ticks
// (HAL, sx1302_tx_set_start_delay, SX1250): of the ramp-up, the delays of radio,
// chirp filter and modulator are taken.
func loraStartDelay(m radio.LoRa) uint32 {
	period := uint32(1_000_000 / m.Bandwidth) // of the modulator, in ticks
	filter := period * (1<<chirpLowpass(m.SF) - 1)
	modulator := period * 8
	return rampUp - radioDelay(m.Bandwidth) - filter - modulator
}

// radioDelay is the delay of an SX1250 in ticks.
func radioDelay(bandwidth radio.Hertz) uint32 {
	switch bandwidth {
	case 250 * radio.KHz:
		return 24
	case 500 * radio.KHz:
		return 21
	}
	return 19
}

func startDelaySettings(ticks uint32) []setting {
	return []setting{{regTXStartDelayHigh, byte(ticks >> 8)}, {regTXStartDelayLow, byte(ticks)}}
}
