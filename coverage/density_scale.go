package coverage

import (
	"math/big"
	"math/bits"
)

// Scale is a density scale in ten-thousandths, 0 to 10000.
type Scale uint64

// unitScale is 1 in the twelve decimals that a scale is worked out with, scaleStep
// one ten-thousandth.
const (
	unitScale = 1_000_000_000_000
	scaleStep = 100_000_000
)

// Scale is the share of a station at a published cell that counts (protocol
// hexspot/1, "Density scale"): each step rounded down. It is false for a cell
// that no counted station is in.
func (d *Density) Scale(cell Hex) (Scale, bool) {
	q, ok := d.twelve(cell)
	return Scale(q / scaleStep), ok
}

// twelve is the scale in 10^-12.
func (d *Density) twelve(cell Hex) (uint64, bool) {
	return product(cell, func(h Hex) tally { return d.levels[h.Resolution()][h] })
}

// product multiplies counted/held over the ancestors of a published cell, finest
// first, in 10^-12.
func product(cell Hex, at func(Hex) tally) (uint64, bool) {
	own, err := countedIn(cell)
	if err != nil || at(own).held == 0 {
		return 0, false
	}
	q := uint64(unitScale)
	for r := min(own.Resolution(), finestClip); r >= coarsestClip; r-- {
		t := at(own.ancestor(r))
		high, low := bits.Mul64(q, t.counted) // counted <= held: the quotient is at most q
		q, _ = bits.Div64(high, low, t.held)
	}
	return q, true
}

// ExactScale is the product of all steps without rounding, rounded once to
// ten-thousandths, half to even, as Helium does.
func (d *Density) ExactScale(cell Hex) (Scale, bool) {
	own, err := countedIn(cell)
	if err != nil || d.levels[own.Resolution()][own].held == 0 {
		return 0, false
	}
	counted, held := big.NewInt(10_000), big.NewInt(1)
	for r := min(own.Resolution(), finestClip); r >= coarsestClip; r-- {
		t := d.levels[r][own.ancestor(r)]
		counted.Mul(counted, new(big.Int).SetUint64(t.counted))
		held.Mul(held, new(big.Int).SetUint64(t.held))
	}
	return Scale(halfEven(counted, held)), true
}

// halfEven is a/b rounded to the nearest integer, a tie to the even one; both are
// positive.
func halfEven(a, b *big.Int) uint64 {
	quotient, rest := new(big.Int).QuoRem(a, b, new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(b)
	n := quotient.Uint64()
	if half > 0 || half == 0 && n%2 == 1 {
		n++
	}
	return n
}
