package witness

import (
	"math/bits"

	"hexspot/coverage"
)

// How a loss is expected to grow, in 0.01 dB: free space up to lossFrom, from there with an
// exponent of 2 to 4.5 in steps of a half, and with what stands around both sites.
const (
	lossFrom   = 100 * coverage.Metre
	siteLosses = 1600 // what stands around two sites, 8 dB each
	lossSpread = 1000 // standard deviation of a path about it
	exponents  = 6
	octaveLoss = 30_103 // 10 log10(2), 0.0001 dB
)

// siteDiffers is by how much more than usual may stand around one site, and what that costs: it
// is 4 dB in the mean of squares.
var siteDiffers = [...]struct{ loss, cost int64 }{{0, 0}, {-400, 500}, {400, 500}, {-800, 2000}, {800, 2000}}

// Odds are natural logarithms of a likelihood in 0.001, with the other sign: costs.
const (
	mostCost   = 3500 // of one loss: a partner may stand elsewhere itself
	silentStep = 250  // 0.01 dB between the rows of silentCosts
)

// silentCosts are of a pair that is silent: -1000 ln(0.9 Q(z) + 0.05), Q the upper tail of the
// normal distribution, z from -3 to 3 standard deviations that the loss may be above the expected
// one and still be heard, in steps of a quarter. One pair in twenty is as it is for other reasons.
var silentCosts = [...]int64{
	53, 54, 57, 63, 73, 90, 117, 157, 214, 293, 397, 530, 693,
	889, 1116, 1371, 1646, 1930, 2206, 2453, 2652, 2797, 2890, 2943, 2972,
}

// other is a station that a station hears or might hear.
type other struct {
	station uint32
	heard   bool
	loss    int64 // if it is heard
	limit   int64 // the most that a loss between the two may be
}

// cost is that of what is heard, or not, where a loss is expected.
func (o *other) cost(expected int64) int64 {
	if o.heard {
		off := min(magnitude(o.loss-expected), 3*lossSpread)
		return min(int64(off*off)*1000/(2*lossSpread*lossSpread), mostCost)
	}
	return silentCost(o.limit - expected)
}

// silentCost is that of silence where a loss might be more by a margin.
func silentCost(margin int64) int64 {
	const last = int64(len(silentCosts) - 1)
	at := min(max(margin+last/2*silentStep, 0), last*silentStep)
	row := min(at/silentStep, last-1)
	low, high := silentCosts[row], silentCosts[row+1]
	return low + (high-low)*(at-row*silentStep)/silentStep
}

// expectedLoss is that over some octaves past lossFrom (10 binary places), where the exponents of
// both ends are 2 + a/2 and 2 + b/2: their mean counts.
func expectedLoss(a, b uint8, octaves int64) int64 {
	quarters := 8 + int64(a) + int64(b)
	return lossAtFrom + siteLosses + octaves*quarters*octaveLoss/(4*100<<octavePlaces)
}

// lossAtFrom is the free-space loss up to lossFrom, 0.01 dB. lossFromLog is the short logarithm of
// lossFrom, besideOctaves how far besideSite is past it.
const (
	lossAtFrom    = 7121
	lossFromLog   = 17008
	besideOctaves = 2875
)

// octavePlaces are the binary places of a short logarithm.
const octavePlaces = 10

// octavesOver is by how many octaves two places are further apart than a distance of lossFrom or
// more, at least zero; along the chord, which is shorter than the way by nothing that matters. It
// is false if they are too far apart to be compared.
func octavesOver(a, b coverage.Position) (int64, bool) {
	if widest(a, b) > farthest {
		return 0, false
	}
	dx, dy, dz := a.X-b.X, a.Y-b.Y, a.Z-b.Z
	return max(0, shortLog(uint64(max(1, dx*dx+dy*dy+dz*dz)))/2-lossFromLog), true
}

// shortLog is the binary logarithm of v >= 1 with octavePlaces, rounded down at each squaring as
// that of log2 is.
func shortLog(v uint64) int64 {
	whole := bits.Len64(v) - 1
	x, places := v<<(63-whole), int64(0)
	for range octavePlaces {
		high, low := bits.Mul64(x, x)
		bit := high >> 63
		x = high<<(1-bit) | low>>(63+bit)
		places = places<<1 | int64(bit)
	}
	return int64(whole)<<octavePlaces | places
}
