package ingest

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hexspot/radio"
	"hexspot/witness"
)

// Rate is what one station may send.
type Rate struct {
	Reports     float64 // a second
	Burst       int     // at once
	Discoveries int     // in any hour
}

// DefaultRate lets a station catch up after an outage in a few minutes: a busy one makes
// two reports a minute.
var DefaultRate = Rate{Reports: 10, Burst: 100, Discoveries: 20}

// pace holds a token bucket for each station. What has been full for long is forgotten.
type pace struct {
	rate Rate

	mu      sync.Mutex
	buckets map[radio.Station]*rate.Limiter
	sweep   int // forget full buckets when there are so many
}

// leastSweep keeps sweeps rare.
const leastSweep = 1024

func newPace(r Rate) *pace {
	return &pace{rate: r, buckets: make(map[radio.Station]*rate.Limiter), sweep: leastSweep}
}

// allow takes a token for a message.
func (p *pace) allow(s radio.Station, now witness.Millis) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now.Time()
	return p.bucket(s, at).AllowN(at, 1)
}

func (p *pace) bucket(s radio.Station, at time.Time) *rate.Limiter {
	b := p.buckets[s]
	if b == nil {
		p.forget(at)
		b = rate.NewLimiter(rate.Limit(p.rate.Reports), p.rate.Burst)
		p.buckets[s] = b
	}
	return b
}

// forget drops buckets that are full, which a new one would be as well.
func (p *pace) forget(at time.Time) {
	if len(p.buckets) < p.sweep {
		return
	}
	for key, b := range p.buckets {
		if b.TokensAt(at) >= float64(b.Burst()) {
			delete(p.buckets, key)
		}
	}
	p.sweep = max(leastSweep, 2*len(p.buckets))
}
