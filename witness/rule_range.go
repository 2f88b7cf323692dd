package witness

import (
	"math/bits"

	"hexspot/radio"
)

// The bounds of the protocol ("Ranges"): within them no sum of this package
// overflows.
const (
	rangeOfSlots    = 1 << 40
	rangeOfTimes    = 1 << 53
	rangeOfLevels   = 32_767
	lowestFrequency = 100 * radio.MHz
	topFrequency    = 1000 * radio.MHz
	observations    = 32 // of one witness report
)

// beaconInRange says that each figure of a beacon report is within the protocol's
// bounds.
func beaconInRange(c *Case, b *BeaconFacts) bool {
	return c.Slot < rangeOfSlots && timesInRange(b.Receive, b.Sent) && frequencyInRange(b.Frequency) &&
		levelsInRange(int32(b.Conducted), int32(b.Site.Gain), int32(b.Site.Loss))
}

func witnessInRange(c *Case, w *WitnessFacts) bool {
	signal := w.ChannelRSSI
	if w.SignalRSSI != nil {
		signal = *w.SignalRSSI
	}
	return c.Slot < rangeOfSlots && w.Index < observations && timesInRange(w.Receive, w.Heard) &&
		frequencyInRange(w.Frequency) &&
		levelsInRange(int32(w.ChannelRSSI), int32(signal), int32(w.SNR), int32(w.Site.Gain), int32(w.Site.Loss))
}

func timesInRange(a, b int64) bool {
	return bits.Len64(uint64(a)|uint64(b)) <= bits.Len64(rangeOfTimes-1)
}

func frequencyInRange(f radio.Hertz) bool { return f >= lowestFrequency && f <= topFrequency }

func levelsInRange(levels ...int32) bool {
	for _, l := range levels {
		if l < -rangeOfLevels || l > rangeOfLevels {
			return false
		}
	}
	return true
}
