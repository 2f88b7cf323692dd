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
	Discoveries int     // an hour
}

// DefaultRate lets a station catch up after an outage in a few minutes: a busy one makes
// two reports a minute.
var DefaultRate = Rate{Reports: 10, Burst: 100, Discoveries: 20}

// pace holds a token bucket for each station and each of two purposes. What has been
// full for long is forgotten.
type pace struct {
	rate Rate

	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
	sweep   int // forget full buckets when there are so many
}

type bucketKey struct {
	station   radio.Station
	discovery bool
}

// leastSweep keeps sweeps rare.
const leastSweep = 1024

func newPace(r Rate) *pace {
	return &pace{rate: r, buckets: make(map[bucketKey]*rate.Limiter), sweep: leastSweep}
}

// allow takes a token for a message. A discovery record takes one of each bucket.
func (p *pace) allow(m Message, now witness.Millis) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now.Time()
	if !p.bucket(bucketKey{m.Station, false}, at).AllowN(at, 1) {
		return false
	}
	return m.Kind != string(radio.KindDiscovery) || p.bucket(bucketKey{m.Station, true}, at).AllowN(at, 1)
}

func (p *pace) bucket(key bucketKey, at time.Time) *rate.Limiter {
	b := p.buckets[key]
	if b == nil {
		p.forget(at)
		b = rate.NewLimiter(rate.Limit(p.rate.Reports), p.rate.Burst)
		if key.discovery {
			b = rate.NewLimiter(rate.Limit(float64(p.rate.Discoveries)/3600), p.rate.Discoveries)
		}
		p.buckets[key] = b
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
