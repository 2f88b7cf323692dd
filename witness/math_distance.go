package witness

import (
	"math/bits"

	"hexspot/coverage"
)

// farthest is by how much a coordinate may differ before there is no distance: it
// keeps the sum of squares within 64 bits.
const farthest coverage.Millimetres = 300_000_000

// widest is the largest difference of a coordinate of two places, a lower bound of
// their distance.
func widest(a, b coverage.Position) coverage.Millimetres {
	return max(apart(a.X, b.X), apart(a.Y, b.Y), apart(a.Z, b.Z))
}

func apart(a, b coverage.Millimetres) coverage.Millimetres { return max(a-b, b-a) }

// distance is the length of the great circle between two places: the chord and
// the first term of what the arc is longer. It is false if a coordinate differs
// by more than 3*10^8 mm.
func distance(a, b coverage.Position) (coverage.Millimetres, bool) {
	if widest(a, b) > farthest {
		return 0, false
	}
	return arcOf(chord(a, b)), true
}

func chord(a, b coverage.Position) uint64 {
	dx, dy, dz := a.X-b.X, a.Y-b.Y, a.Z-b.Z
	return isqrt(uint64(dx*dx + dy*dy + dz*dz))
}

// arcOf is c + c^3 / (24 R^2), the cube in 128 bits, each division rounded down.
func arcOf(c uint64) coverage.Millimetres {
	const radius = uint64(coverage.EarthRadius)
	high, low := bits.Mul64(c*c, c) // c < 2^29.3
	cubeByRadius, _ := bits.Div64(high, low, radius)
	return coverage.Millimetres(c + cubeByRadius/(24*radius))
}
