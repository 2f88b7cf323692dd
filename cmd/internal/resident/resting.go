package resident

import "time"

const (
	// workShare of a processor, one part in so many, is more than a process needs that has
	// nothing to do.
	workShare = 10
	// settling is how long after work a process rests, and how long after memory was given
	// back what is needed has come back.
	settling = 5 * time.Second
	// remembered is how long after work things may be kept that are of no use any more then:
	// the journal knows its ids for two minutes.
	remembered = 3 * time.Minute
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
// the first, once more when what it left behind is forgotten, and when the process has grown
// by a half.
type resting struct {
	cpu      time.Duration // at the last look
	works    bool          // at the last look
	worked   bool          // since memory was given back
	rested   time.Duration // since there was work
	forgot   bool          // memory was given back after remembered
	releases int           // how often memory was given back
	released time.Duration // since then
	after    int64         // bytes that the process held when it had settled after that
}

// look says whether now is the time, so long after the look before.
func (r *resting) look(now usage, since time.Duration) (release bool) {
	r.works = (now.cpu-r.cpu)*workShare > since
	r.cpu = now.cpu
	r.released += since
	if r.works {
		r.worked, r.rested, r.forgot = true, 0, false
		return false
	}
	r.rested += since
	if r.releases > 0 && r.released <= settling {
		r.after = now.rss
		return false
	}
	if r.rested < settling || !r.isWorthwhile(now.rss-r.after) {
		return false
	}
	r.worked, r.forgot = false, r.rested >= remembered
	r.releases++
	r.released = 0
	return true
}

// isWorthwhile says whether memory shall be given back, now that there is no work.
func (r *resting) isWorthwhile(growth int64) bool {
	return r.worked && growth >= leastGrowth || r.rested >= remembered && !r.forgot || growth >= max(muchGrowth, r.after/2)
}
