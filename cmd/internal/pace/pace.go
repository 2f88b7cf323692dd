// Package pace holds a bounded number of token buckets, one for each of those who ask
// for something, so that none of them can ask too often.
package pace

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Buckets are token buckets by whom they are for. They are safe for concurrent use.
type Buckets[K comparable] struct {
	rate  rate.Limit
	burst int
	most  int

	mu      sync.Mutex
	buckets map[K]*rate.Limiter
	swept   time.Time
}

// New makes no more than so many buckets, each of which gives so many tokens a second
// and holds a burst of them.
func New[K comparable](perSecond float64, burst, most int) *Buckets[K] {
	return &Buckets[K]{rate: rate.Limit(perSecond), burst: burst, most: most, buckets: make(map[K]*rate.Limiter)}
}

// Allow takes a token of somebody, false if there is none, or no bucket for one more.
func (p *Buckets[K]) Allow(who K, now time.Time) bool { return p.AllowN(who, 1, now) }

// AllowN takes so many tokens, all or none.
func (p *Buckets[K]) AllowN(who K, n int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[who]
	if b == nil {
		if !p.room(now) {
			return false
		}
		b = rate.NewLimiter(p.rate, p.burst)
		p.buckets[who] = b
	}
	return b.AllowN(now, n)
}

// room makes room for a bucket by dropping those that are full, which new ones would be
// as well. It looks for them once a second at most: looking costs more than an answer.
func (p *Buckets[K]) room(now time.Time) bool {
	if len(p.buckets) < p.most {
		return true
	}
	if now.Sub(p.swept) < time.Second {
		return false
	}
	p.swept = now
	for who, b := range p.buckets {
		if b.TokensAt(now) >= float64(p.burst) {
			delete(p.buckets, who)
		}
	}
	return len(p.buckets) < p.most
}
