package sx1302

import "hexspot/radio"

// Peak positions of the two sync words, see regSyncSF7to12.
func syncPrivate() [2]byte { return [2]byte{2, 4} }
func syncPublic() [2]byte  { return [2]byte{6, 8} }

// modemSettings are those of the 16 multi-SF modems. Drift is that of radio A,
// whichever radio a channel is on.
func modemSettings(radioA radio.Hertz) []setting {
	drift := driftOf(radioA, 125*radio.KHz)
	list := []setting{
		{regModemDCNotch, 0}, {regForceDefaultFIR, 1}, {regGainDropComp, 1}, {regTargetLevel, 1},
		{regModemEnable[0], 0xFF}, {regModemEnable[1], 0xFF},
		{regSyncDeltaHigh, 0}, {regSyncDeltaLow, 126},
		{regPPMOffsetSF5to8, 0}, {regPPMOffsetSF9, 0}, {regPPMOffsetSF10, 0}, {regPPMOffsetSF11, 1}, {regPPMOffsetSF12, 1},
		{regFineGainAutoA, 3}, {regFineGainPayloadA, 3}, // better SF5 and SF6
		{regFineGainISF11A, 1}, {regFineGainISF12A, 1}, // better SF11 and SF12
		{regSyncThreshold, 15},
		{regTrackA[0], 0xFF}, {regTrackA[1], 0xFF}, // automatic: best for data
		{regTrackB[0], 0x00}, {regTrackB[1], 0x00}, // off: best for time
		{regFineGainISF11B, 0}, {regFineGainISF12B, 0}, {regFineRoundingB, 1}, {regFineModeB, 2},
		{regFineGainAutoB, 0}, {regFineGainPreambB, 6}, {regFineGainPayloadB, 2},
		{regFineIntAutoB, 0}, {regFineIntPreambB, 1}, {regFineIntPayloadB, 0},
		{regPreambleHigh, 0}, {regPreambleLow, 10}, // between the 12 of SF5, SF6 and the 8 of the others
		{regDriftHigh, drift.high()}, {regDriftLow, drift.low()}, {regDriftExponent, drift.exponent},
		{regDriftInvertTime, 1}, {regDFTPeak, 3},
	}
	for i := range regSyncOffsetEven {
		list = append(list, setting{regSyncOffsetEven[i], 1 + 8*byte(i%2)}, setting{regSyncOffsetOdd[i], 5 + 8*byte(i%2)})
	}
	return list
}

// drift is how a frequency offset shifts a frame in time: bandwidth over the radio's
// frequency, times 2^20, as a mantissa of 12 bits and how often it was doubled.
type drift struct {
	mantissa uint16
	exponent byte
}

func driftOf(f, bandwidth radio.Hertz) drift {
	m := uint64(bandwidth) << 20 / uint64(f)
	var d drift
	for ; m < 1<<11; m <<= 1 {
		d.exponent++
	}
	d.mantissa = uint16(m)
	return d
}

func (d drift) high() byte { return byte(d.mantissa >> 8) }
func (d drift) low() byte  { return byte(d.mantissa) }

// syncWordSettings: SF5 and SF6 always have the private word.
func syncWordSettings(private bool, service *radio.ServiceChannel) []setting {
	word := syncPublic()
	if private {
		word = syncPrivate()
	}
	serviceWord := word
	if service != nil && service.SF < 7 {
		serviceWord = syncPrivate()
	}
	var list []setting
	for i := range 2 {
		list = append(list, setting{regSyncSF5[i], syncPrivate()[i]}, setting{regSyncSF6[i], syncPrivate()[i]},
			setting{regSyncSF7to12[i], word[i]}, setting{regServiceSync[i], serviceWord[i]})
	}
	return list
}

// enableSettings switch all modems on. It comes before the start of AGC and ARB.
func enableSettings() []setting {
	return []setting{{regConcentratorEnable, 1}, {regServiceEnable, 1}, {regFSKEnable, 1}, {regGlobalEnable, 1}}
}
