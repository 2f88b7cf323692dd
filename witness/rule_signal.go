package witness

import "hexspot/radio"

// noiseKnown is the SNR above which the chip's figure says nothing about noise: it
// saturates.
const noiseKnown radio.DB = 500

// signalOf is what the rules about signal need: a chip that gives it. RSSI + SNR is
// never put in its place. Between places too far apart for a distance none of them is evaluated
// (protocol hexspot/1, "Determinism").
func signalOf(v *view) (radio.DBm, bool) {
	if v.w.SignalRSSI == nil || !v.witnessSane || v.link.located && !v.link.ok {
		return 0, false
	}
	return *v.w.SignalRSSI, true
}

func notTooStrong(v *view) Finding {
	signal, ok := signalOf(v)
	if !ok || !v.link.ok || !v.beaconSane {
		return Finding{}
	}
	return atMost(int64(levelOf(signal)), int64(strongest(v)))
}

// strongest is what the witness's radio gets at most: free space at the least
// distance that the two cells allow, and a margin for calibration.
func strongest(v *view) microdB {
	loss := freeSpaceLoss(max(v.link.gap, leastLossDistance), v.w.Frequency, lossOffset)
	return eirp(v.b) - loss + levelOf(v.w.Site.Gain) - levelOf(v.w.Site.Loss) + microdB(v.p.SignalMargin)*centidB
}

func notTooWeak(v *view) Finding {
	signal, ok := signalOf(v)
	floor, known := v.p.signalFloor(v.w.SF)
	if !ok || !known {
		return Finding{}
	}
	return atLeast(int64(levelOf(signal)), int64(floor))
}

// signalFloor is the least signal that is decoded at a spreading factor, false for
// one that no beacon has.
func (p *Parameters) signalFloor(sf uint32) (microdB, bool) {
	switch sf {
	case 8:
		return microdB(p.FloorSF8) * centidB, true
	case 9:
		return microdB(p.FloorSF9) * centidB, true
	case 10:
		return microdB(p.FloorSF10) * centidB, true
	}
	return 0, false
}

func noiseBelieved(v *view) Finding {
	signal, ok := signalOf(v)
	if !ok || v.w.SNR >= noiseKnown {
		return Finding{}
	}
	noise := levelOf(signal) - levelOf(v.w.SNR)
	return within(int64(noise), v.p.NoiseLow*int64(centidB), v.p.NoiseHigh*int64(centidB))
}
