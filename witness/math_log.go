package witness

import "math/bits"

// q32 is a number with 32 binary places.
type q32 int64

// log2 is the binary logarithm of v >= 1 with 32 binary places, rounded down at
// each of 32 squarings (protocol hexspot/1, "Determinism").
func log2(v uint64) q32 {
	whole := bits.Len64(v) - 1
	x := v << (63 - whole) // the mantissa, 1 to 2, with 63 binary places
	places := uint64(0)
	for range 32 {
		high, low := bits.Mul64(x, x)
		bit := high >> 63 // whether the square is 2 or more
		x = high<<(1-bit) | low>>(63+bit)
		places = places<<1 | bit
	}
	return q32(whole)<<32 | q32(places)
}
