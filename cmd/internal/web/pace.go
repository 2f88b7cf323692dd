package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace holds a token bucket for each place that requests come from.
type pace struct {
	rate, burst int

	mu      sync.Mutex
	buckets map[netip.Prefix]*rate.Limiter
	swept   time.Time
}

const (
	burst       = 10     // seconds' worth of requests at once
	mostBuckets = 16_384 // some 3 MB; whoever comes from yet another place waits
)

func newPace(requests int) *pace {
	return &pace{rate: requests, burst: burst * requests, buckets: make(map[netip.Prefix]*rate.Limiter)}
}

// allow takes a token.
func (p *pace) allow(from netip.Prefix, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[from]
	if b == nil {
		if !p.room(now) {
			return false
		}
		b = rate.NewLimiter(rate.Limit(p.rate), p.burst)
		p.buckets[from] = b
	}
	return b.AllowN(now, 1)
}

// room makes room for a bucket by dropping those that are full, which new ones would be
// as well. It looks for them once a second at most: looking costs more than a request.
func (p *pace) room(now time.Time) bool {
	if len(p.buckets) < mostBuckets {
		return true
	}
	if now.Sub(p.swept) < time.Second {
		return false
	}
	p.swept = now
	for from, b := range p.buckets {
		if b.TokensAt(now) >= float64(p.burst) {
			delete(p.buckets, from)
		}
	}
	return len(p.buckets) < mostBuckets
}
