package resident

import "time"

const (
	// workShare of a processor, one part in so many, is more than a process needs that has
	// nothing to do.
	workShare = 10
	// leastGrowth in bytes is worth a collection after work, muchGrowth at any time: more
	// people have come, each of whom did little.
	leastGrowth = 4 << 20
	muchGrowth  = 16 << 20
)

// usage is what the process has used and holds.
type usage struct {
	cpu time.Duration // since its start
	rss int64         // bytes
}

// resting decides when memory is given back: when a stretch of work is over, the start being
// the first, or when the process has grown by a half.
type resting struct {
	cpu      time.Duration // at the last look
	works    bool          // at the last look
	worked   bool          // since memory was given back
	measured bool          // after is known
	after    int64         // bytes that the process held when memory had been given back
	releases int           // how often that was
}

// look says whether now is the time, so long after the look before.
func (r *resting) look(now usage, since time.Duration) (release bool) {
	r.works = (now.cpu-r.cpu)*workShare > since
	r.cpu = now.cpu
	if r.works {
		r.worked = true
		return false
	}
	if r.releases > 0 && !r.measured { // what is needed has come back by now
		r.after, r.measured = now.rss, true
	}
	growth := now.rss - r.after
	if growth < max(muchGrowth, r.after/2) && !(r.worked && growth >= leastGrowth) {
		return false
	}
	r.worked, r.measured = false, false
	r.releases++
	return true
}
