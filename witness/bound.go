package witness

import (
	"fmt"

	"hexspot/radio"
)

// bound is one condition on a field of a record.
type bound struct {
	field string
	holds bool
	want  string
}

// firstFault is the error of the first bound that does not hold.
func firstFault(bounds ...bound) error {
	for _, b := range bounds {
		if !b.holds {
			return fmt.Errorf("%s out of range: want %s", b.field, b.want)
		}
	}
	return nil
}

// The limits of levels and frequencies (protocol hexspot/1, "Ranges").
const (
	maxLevel     = 32_767
	minFrequency = 100 * radio.MHz
	maxFrequency = 1000 * radio.MHz
)

func slotBound(field string, k Slot) bound { return bound{field, k < maxSlot, "below 2^40"} }

func epochBound(e Epoch) bound { return bound{"epoch", e < maxEpoch, "below 2^40"} }

func timeBound(field string, t Millis) bound {
	return bound{field, 0 <= t && t < maxTime, "below 2^53"}
}

func levelBound[L ~int32](field string, level L) bound {
	return bound{field, -maxLevel <= level && level <= maxLevel, "within 327.67 dB of zero"}
}

func frequencyBound(f radio.Hertz) bound {
	return bound{"frequency_hz", minFrequency <= f && f <= maxFrequency, "from 10^8 to 10^9"}
}
