package witness

import "math/bits"

// whole is a full weight.
const whole = 10_000

// ClueName says what a clue is about.
type ClueName string

// The clues. Those of a station bear on all its links.
const (
	ClueSlope     ClueName = "power_slope"     // of a link, or of what a station sends or hears
	ClueFading    ClueName = "fading"          // of a link, or of what a station hears
	ClueAnswers   ClueName = "answers"         // of a link, or of what a station claims to hear
	ClueBalance   ClueName = "loss_difference" // of a station: loss out less loss in
	ClueDistance  ClueName = "distance"        // of a station: loss beside that of its partners' links
	ClueBeyond    ClueName = "beyond_reach"    // of a link
	ClueElsewhere ClueName = "elsewhere"       // of a station: share of links past reach
	ClueAround    ClueName = "heard_around"    // of a station
	ClueTwins     ClueName = "one_antenna"     // of a station
	ClueOwner     ClueName = "shared_owner"    // of a link
	ClueClosed    ClueName = "closed_cluster"  // of a station
)

// Clue is one figure about a link or a station with its limits: at None or past it a
// link has no weight, at Full its whole weight, in proportion between.
type Clue struct {
	Name    ClueName
	Reports int64 // what the figure was made from
	Value   int64
	None    int64
	Full    int64
	Weight  int64 // 0 to 10000
}

// clueOf gives a figure its weight. Full may be above or below None.
func clueOf(name ClueName, reports, value int64, r ramp) Clue {
	way, span := value-r.none, r.full-r.none
	if span < 0 {
		way, span = -way, -span
	}
	weight := int64(whole)
	if span > 0 {
		weight = min(max(way, 0), span) * whole / span
	}
	return Clue{name, reports, value, r.none, r.full, weight}
}

// ramp is where a clue leaves no weight and where it leaves all.
type ramp struct{ none, full int64 }

// spread are the sums of squares of a way, or of several, about the mean of each:
// what its power steps and levels have in common. 0.01 dB squared.
type spread struct {
	reports, freedom           int64
	drops, mixed, levels, left int64 // left: of the levels, what the steps do not explain
}

// spreadOf works out the sums about the mean. Each is rounded down.
func spreadOf(s WaySums) spread {
	if s.Reports < 2 {
		return spread{}
	}
	n := s.Reports
	x := spread{
		reports: n, freedom: n - 2,
		drops:  s.DropDrop - s.Drop*s.Drop/n,
		mixed:  s.DropLevel - s.Drop*s.Level/n,
		levels: s.LevelLevel - s.Level*s.Level/n,
	}
	x.left = max(0, x.levels)
	if x.drops > 0 {
		x.left = max(0, x.levels-muldiv(x.mixed, x.mixed, x.drops))
	}
	return x
}

func (s spread) plus(o spread) spread {
	return spread{
		s.reports + o.reports, s.freedom + o.freedom,
		s.drops + o.drops, s.mixed + o.mixed, s.levels + o.levels, s.left + o.left,
	}
}

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

// slope is by how much the level follows the power, in 10^-4, at its most: the
// estimate and doubt standard errors (0.01) of it. It is false where the powers
// hardly differed. Levels have the drop added, so they fall by what is missing.
func (s spread) slope(doubt int64) (int64, bool) {
	if s.freedom <= 0 || s.drops < s.reports*leastSpread {
		return 0, false
	}
	estimate := whole - muldiv(s.mixed, whole, s.drops)
	variance := muldiv(s.left/s.freedom, whole*whole, s.drops)
	return estimate + int64(isqrt(uint64(variance)))*doubt/100, true
}

// leastSpread is the variance of the drops below which there is no slope: that of a
// quarter of the beacons one step of 1 dB down.
const leastSpread = 2_000

// fading is the variance of levels that the steps do not explain, false without
// observations enough.
func (s spread) fading(reports int64) (int64, bool) {
	if s.freedom < reports-2 || s.freedom <= 0 {
		return 0, false
	}
	return s.left / s.freedom, true
}
