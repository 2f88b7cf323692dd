package witness

import "math/bits"

// floordiv is a / b rounded down, for b > 0 (protocol hexspot/1, its head: "division rounds down").
func floordiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// muldiv is a * b / c rounded down for c > 0, with a product of 128 bits. The sums that records
// make keep every quotient within 64 bits (WaySums.check, TestStatisticsCannotOverflow); one that
// would not fit becomes the nearest that does.
func muldiv(a, b, c int64) int64 {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high >= uint64(c) {
		return nearest(negative)
	}
	q, rest := bits.Div64(high, low, uint64(c))
	if negative && rest > 0 {
		q++
	}
	switch {
	case q > 1<<63-1:
		return nearest(negative)
	case negative:
		return -int64(q)
	}
	return int64(q)
}

// nearest is the end of the range of int64 that is symmetric.
func nearest(negative bool) int64 {
	if negative {
		return -(1<<63 - 1)
	}
	return 1<<63 - 1
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
