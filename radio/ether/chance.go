package ether

import "math"

// mix is the finalizer of SplitMix64: every bit of the input changes half of those
// of the output.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// hashText is FNV-1a, mixed.
func hashText(s string) uint64 {
	h := uint64(0xCBF29CE484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001B3
	}
	return mix(h)
}

// uniform is in (0, 1], from the upper bits.
func uniform(h uint64) float64 { return (float64(h>>11) + 1) / (1 << 53) }

// normal is a standard normal deviate that belongs to a number (Box and Muller).
func normal(h uint64) float64 {
	return math.Sqrt(-2*math.Log(uniform(h))) * math.Cos(2*math.Pi*uniform(mix(h)))
}
