package rewards

import (
	"fmt"
	"math/bits"
)

// A whole unit, scale or weight: each is in ten-thousandths.
const Whole = 10_000

// MaxWitnesses is the most witnesses of one beacon that are paid.
const MaxWitnesses = 14

// Units are what a beacon with some selected witnesses is worth, in ten-thousandths:
// to the beaconer, and to each witness.
type Units struct{ Beaconer, Witness uint64 }

// units are the figures of Helium proposal 15 by the number of witnesses: up to
// four the beaconer's grow and each witness gets a whole one; from then on
// both grow slower by a fifth a witness, five units at most together.
var units = [MaxWitnesses + 1]Units{
	{0, 0}, {2500, 10000}, {5000, 10000}, {7500, 10000}, {10000, 10000},
	{12000, 7600}, {13600, 6067}, {14880, 5017}, {15904, 4262}, {16723, 3697},
	{17379, 3262}, {17903, 2918}, {18322, 2640}, {18658, 2411}, {18926, 2220},
}

// UnitsOf are the units of a beacon with this many selected witnesses, 0 to 14.
func UnitsOf(witnesses int) (Units, error) {
	if witnesses < 0 || witnesses >= len(units) {
		return Units{}, fmt.Errorf("%d selected witnesses: want 0 to %d", witnesses, MaxWitnesses)
	}
	return units[witnesses], nil
}

// Share is what counts for one report, in 10^-8: unit * scale * weight / 10^4, each in
// ten-thousandths, rounded down. More than 64 bits is an error.
func Share(unit, scale, weight uint64) (uint64, error) {
	high, low := bits.Mul64(unit, scale)
	if high != 0 {
		return 0, fmt.Errorf("share: unit %d by scale %d overflows", unit, scale)
	}
	high, low = bits.Mul64(low, weight)
	if high >= Whole {
		return 0, fmt.Errorf("share: unit %d by scale %d by weight %d overflows", unit, scale, weight)
	}
	share, _ := bits.Div64(high, low, Whole)
	return share, nil
}

// EventShares are the shares of one beacon and its selected witnesses, in 10^-8.
type EventShares struct {
	Beaconer  uint64
	Witnesses []uint64 // in the order of the weights
}

// SharesOf are the shares of a beacon with a density scale, the beaconer's for all,
// and the weight of each selected witness's link. The beaconer's weight is their
// mean, rounded down. It fails for more than 14 witnesses, and for scales or
// weights over 10000.
func SharesOf(scale uint64, weights []uint64) (EventShares, error) {
	worth, err := UnitsOf(len(weights))
	if err != nil {
		return EventShares{}, err
	}
	if scale > Whole {
		return EventShares{}, fmt.Errorf("density scale %d is over %d", scale, Whole)
	}
	shares := EventShares{Witnesses: make([]uint64, len(weights))}
	sum := uint64(0)
	for i, weight := range weights {
		if weight > Whole {
			return EventShares{}, fmt.Errorf("link weight %d is over %d", weight, Whole)
		}
		sum += weight
		if shares.Witnesses[i], err = Share(worth.Witness, scale, weight); err != nil {
			return EventShares{}, err
		}
	}
	if len(weights) > 0 {
		shares.Beaconer, err = Share(worth.Beaconer, scale, sum/uint64(len(weights)))
	}
	return shares, err
}
