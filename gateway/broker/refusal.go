package broker

import (
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// refusalLog logs refusals, but not more than a person can read: hostile clients
// must not fill the disk.
type refusalLog struct {
	log     *slog.Logger
	limit   *rate.Limiter
	skipped atomic.Int64
}

func newRefusalLog(log *slog.Logger) *refusalLog {
	return &refusalLog{log: log, limit: rate.NewLimiter(1, 20)}
}

func (l *refusalLog) warn(what string, args ...any) {
	if !l.limit.Allow() {
		l.skipped.Add(1)
		return
	}
	if n := l.skipped.Swap(0); n > 0 {
		args = append(args, "not_logged", n)
	}
	l.log.Warn(what, args...)
}

// Kinds of refusals, the keys of Counters.RefusedBy.
const (
	RefusedConnection   = "connection"   // no room for it
	RefusedLogin        = "login"        // wrong name, password, token, EUI, client id or last will
	RefusedPublication  = "publication"  // no right to the topic: the client is disconnected
	RefusedSubscription = "subscription" // no right to the filter, or too many of them
	RefusedStorage      = "storage"      // Options.Durable failed: the client is disconnected
)

// refusals are counts by kind.
type refusals struct {
	mu     sync.Mutex
	counts map[string]int64
}

func (r *refusals) add(kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = make(map[string]int64)
	}
	r.counts[kind]++
}

func (r *refusals) each() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.counts)
}

func (r *refusals) all() (sum int64) {
	for _, n := range r.each() {
		sum += n
	}
	return sum
}
