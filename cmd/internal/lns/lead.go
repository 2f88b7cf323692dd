package lns

import "time"

// leadMost is where the histogram ends, in milliseconds; more counts as this.
const leadMost = 10_000

// Leads is a histogram of lead times, exact to the millisecond, rounded down.
// Negative ones count as 0: the frame came too late.
type Leads struct {
	counts [leadMost + 1]uint32
	total  int
}

// Add counts one.
func (l *Leads) Add(d time.Duration) {
	l.counts[min(max(d.Milliseconds(), 0), leadMost)]++
	l.total++
}

// Total is how many were counted.
func (l *Leads) Total() int { return l.total }

// Quantile is the least lead that a share q of all does not exceed, false if there
// is none.
func (l *Leads) Quantile(q float64) (time.Duration, bool) {
	if l.total == 0 {
		return 0, false
	}
	need, seen := q*float64(l.total), 0
	for ms, n := range l.counts {
		if seen += int(n); n > 0 && float64(seen) >= need {
			return time.Duration(ms) * time.Millisecond, true
		}
	}
	return leadMost * time.Millisecond, true
}

// Bins counts leads in steps of width; the last bin has all beyond.
func (l *Leads) Bins(width time.Duration, n int) []int {
	bins := make([]int, n)
	step := max(int(width.Milliseconds()), 1)
	for ms, count := range l.counts {
		bins[min(ms/step, n-1)] += int(count)
	}
	return bins
}
