package witness

// spread are the sums of squares of a way, or of several, about the mean of each:
// what its power steps and levels have in common. 0.01 dB squared.
type spread struct {
	reports, freedom           int64
	drops, mixed, levels, left int64 // left: of the levels, what the steps do not explain
}

// spreadOf works out the sums about the mean. The quotients are rounded down.
func spreadOf(s WaySums) spread {
	if s.Reports < 2 {
		return spread{}
	}
	n := s.Reports
	x := spread{
		reports: n, freedom: n - 2,
		drops:  s.DropDrop - muldiv(s.Drop, s.Drop, n),
		mixed:  s.DropLevel - muldiv(s.Drop, s.Level, n),
		levels: s.LevelLevel - muldiv(s.Level, s.Level, n),
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

func (s spread) minus(o spread) spread {
	return spread{
		s.reports - o.reports, s.freedom - o.freedom,
		s.drops - o.drops, s.mixed - o.mixed, s.levels - o.levels, s.left - o.left,
	}
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
