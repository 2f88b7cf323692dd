package witness

import "math/bits"

// isqrt is the square root of n, rounded down (Newton's method from above).
func isqrt(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	root := uint64(1) << ((bits.Len64(n) + 1) / 2) // at least the root; 2^32 at most
	for {
		next := (root + n/root) / 2
		if next >= root {
			return root
		}
		root = next
	}
}
