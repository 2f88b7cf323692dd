package witness

import "math/bits"

// muldiv is a * b / c for c > 0, towards zero, with a product of 128 bits. A quotient
// that does not fit becomes the largest that does.
func muldiv(a, b, c int64) int64 {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	q := uint64(1<<63 - 1)
	if high < uint64(c) {
		q, _ = bits.Div64(high, low, uint64(c))
		q = min(q, 1<<63-1)
	}
	if negative {
		return -int64(q)
	}
	return int64(q)
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
