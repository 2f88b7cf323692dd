package sx1302

import "hexspot/radio"

// serviceSettings are those of the single-rate LoRa modem. Frames say their length,
// code rate and CRC themselves.
func serviceSettings(s radio.ServiceChannel, radioA radio.Hertz) []setting {
	drift := driftOf(radioA, s.Bandwidth)
	gain := serviceGain(s)
	return []setting{
		{regServicePeaks, 7}, {regServicePeaks2, 5}, {regServiceGainSymb, 1}, {regServiceACC, 52},
		{regServiceFineSync, bitIf(s.SF < 7, 1)},
		{regServiceDCNotch, 0}, {regServiceFIR, 1}, {regServiceGainDrop, 1}, {regServiceTarget, 1},
		{regServiceGainAuto, 3}, {regServiceIntPay, 3},
		{regServiceGainPre, gain.preamble}, {regServiceIntEnable, gain.integral},
		{regServiceImplicit, 0}, {regServiceCRC, 0}, {regServiceCodeRate, 0}, {regServiceLength, 0},
		{regServiceSF, byte(s.SF)}, {regServiceBW, bandwidthCode(s.Bandwidth)}, {regServicePPM, bitIf(lowDataRate(s), 1)},
		{regServicePreamble, servicePreamble(s.SF)},
		{regServiceDriftHigh, drift.high()}, {regServiceDriftLow, drift.low()}, {regServiceDriftExp, drift.exponent},
		{regServiceDriftInv, 1}, {regServiceDAGCComp, 1},
		{regServiceModem, 1}, {regServiceMode, 1}, {regServiceStart, 1}, {regServiceDFTPeak, 3},
	}
}

// timingGain steers how the modem follows the sender's clock.
type timingGain struct{ preamble, integral byte }

func serviceGain(s radio.ServiceChannel) timingGain {
	switch {
	case s.SF < 7:
		return timingGain{preamble: 4}
	case s.SF < 11:
		return timingGain{preamble: 6}
	}
	return timingGain{preamble: 7, integral: bandwidthCode(s.Bandwidth) - 3}
}

// bandwidthCode is 4, 5 or 6 for 125, 250 or 500 kHz.
func bandwidthCode(bandwidth radio.Hertz) byte {
	switch bandwidth {
	case 250 * radio.KHz:
		return 5
	case 500 * radio.KHz:
		return 6
	}
	return 4
}

func lowDataRate(s radio.ServiceChannel) bool {
	return radio.LoRa{SF: s.SF, Bandwidth: s.Bandwidth}.LowDataRate()
}

func servicePreamble(sf radio.SpreadingFactor) byte {
	if sf < 7 {
		return 12
	}
	return 8
}

// fskSyncWord is LoRaWAN's.
func fskSyncWord() []byte { return []byte{0xC1, 0x94, 0xC1} }

// fskSettings are those of the FSK modem, for LoRaWAN's packets: variable length,
// CRC, whitening.
func fskSettings(s radio.FSKChannel) []setting {
	rate := 32_000_000 / s.BitRate
	list := []setting{
		{regFSKSyncSize, byte(len(fskSyncWord()) - 1)},
		{regFSKRateHigh, byte(rate >> 8)}, {regFSKRateLow, byte(rate)},
		{regFSKBandwidth, 3},
		{regFSKInvert, 0}, {regFSKInvertIQ, 0}, {regFSKRSSILength, 4},
		{regFSKPacketMode, 1}, {regFSKCRC, 1}, {regFSKWhitening, 2}, {regFSKCRCIBM, 0},
		{regFSKTolerance, 10}, {regFSKLength, 255}, {regFSKNode, 0}, {regFSKBroadcast, 0},
		{regFSKAutoAFC, 1}, {regFSKTimeoutHigh, 0}, {regFSKTimeoutLow, 128},
	}
	return append(list, fskSyncSettings(regFSKSync)...)
}

// fskSyncSettings put the sync word into eight rows, unused ones zero.
func fskSyncSettings(rows []Field) []setting {
	list := all(rows, 0)
	for i, b := range fskSyncWord() {
		list[i].value = b
	}
	return list
}
