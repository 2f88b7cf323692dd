package simulate

import "math"

// chance is a number that belongs to a moment, a link or a frame: whatever is drawn
// for one of them does not depend on what was drawn before for others.
type chance uint64

// of mixes a name into the chance (the finalizer of SplitMix64).
func (c chance) of(name uint64) chance {
	x := uint64(c) ^ name*0x9E3779B97F4A7C15
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return chance(x ^ x>>31)
}

// pair mixes two names in so that their order does not matter.
func (c chance) pair(a, b int) chance {
	return c.of(uint64(min(a, b))).of(uint64(max(a, b)))
}

// uniform is in (0, 1].
func (c chance) uniform() float64 { return (float64(c>>11) + 1) / (1 << 53) }

// between is uniform from low to high.
func (c chance) between(low, high float64) float64 { return low + (high-low)*c.uniform() }

// normal is a standard normal deviate (Box and Muller).
func (c chance) normal() float64 {
	return math.Sqrt(-2*math.Log(c.uniform())) * math.Cos(2*math.Pi*c.of(1).uniform())
}
