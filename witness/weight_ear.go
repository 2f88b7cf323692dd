package witness

import "hexspot/coverage"

// ear is a station that heard a frame, and how loud.
type ear struct {
	station *stationDay
	site    *SiteFacts
	level   int64
}

// mostCompared bounds what one case or one station costs, in ears and neighbours. Real
// ones have some dozens.
const mostCompared = 128

// compare books the pairs of neighbours that heard one frame: of the first mostCompared
// by arrival.
func (b *LinkBook) compare(ears []ear) {
	ears = ears[:min(len(ears), mostCompared)]
	for i := range ears {
		for j := i + 1; j < len(ears); j++ {
			if !near(ears[i].site, ears[j].site, coverage.Millimetres(b.p.TwinDistance)) {
				continue
			}
			a, c := &ears[i], &ears[j]
			if b.stations.At(a.station.number).Compare(b.stations.At(c.station.number)) > 0 {
				a, c = c, a
			}
			b.say(saidTwins, a.station.number, c.station.number, a.level-c.level)
		}
	}
}

func near(a, b *SiteFacts, within coverage.Millimetres) bool {
	if widest(a.Position, b.Position) > within {
		return false
	}
	d, ok := distance(a.Position, b.Position)
	return ok && d <= within
}

// levelHeard is the signal's level: as the chip gives it, or in its place that of
// the channel where the signal is most of it.
func levelHeard(w *WitnessFacts) (int64, bool) {
	if w.SignalRSSI != nil {
		return int64(*w.SignalRSSI), true
	}
	return int64(w.ChannelRSSI), w.SNR >= noiseKnown
}

// snrLimit is the least SNR that is decoded at a beacon's spreading factor, 0.01 dB.
func snrLimit(sf uint32) (int64, bool) {
	if sf < 8 || sf > 10 {
		return 0, false
	}
	return -1000 - 250*int64(sf-8), true
}
