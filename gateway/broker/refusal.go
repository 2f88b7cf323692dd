package broker

import (
	"log/slog"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// refusalLog logs refusals, but of each kind not more than a person can read:
// hostile clients must neither fill the disk nor hide one kind behind another.
type refusalLog struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[string]*refusalPace
	quiet map[string]*quietName // by who published where it may not
}

// quietName is who had a line less than quietFor ago: a client that sends again what it is
// thrown out for comes back each second.
type quietName struct {
	until   time.Time
	skipped int
}

const (
	quietFor   = time.Minute
	mostQuiets = 4096 // names; of others each refusal counts for the pace of the kind
)

// refusalPace bounds the lines of one kind.
type refusalPace struct {
	limit   *rate.Limiter
	skipped int // since the last line
}

func newRefusalLog(log *slog.Logger) *refusalLog {
	return &refusalLog{log: log, kinds: make(map[string]*refusalPace), quiet: make(map[string]*quietName)}
}

// warnOf is warn for what one client does again and again: a line a minute and client, that
// says how many had none.
func (l *refusalLog) warnOf(kind, name string, args ...any) {
	skipped, ok := l.allowName(kind+" "+name, time.Now())
	if !ok {
		return
	}
	args = append([]any{"name", name}, args...)
	if skipped > 0 {
		args = append(args, "again", skipped)
	}
	l.warn(kind, args...)
}

func (l *refusalLog) allowName(name string, now time.Time) (skipped int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q := l.quiet[name]; q != nil && now.Before(q.until) {
		q.skipped++
		return 0, false
	} else if q != nil {
		skipped = q.skipped
	}
	if len(l.quiet) >= mostQuiets {
		maps.DeleteFunc(l.quiet, func(_ string, q *quietName) bool { return !now.Before(q.until) })
	}
	if len(l.quiet) < mostQuiets {
		l.quiet[name] = &quietName{until: now.Add(quietFor)}
	}
	return skipped, true
}

func (l *refusalLog) warn(kind string, args ...any) {
	skipped, ok := l.allow(kind)
	if !ok {
		return
	}
	if skipped > 0 {
		args = append(args, "not_logged", skipped)
	}
	l.log.Warn(kind+" refused", args...)
}

// allow says whether a kind has a line now, and how many it had none for.
func (l *refusalLog) allow(kind string) (skipped int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	pace := l.kinds[kind]
	if pace == nil {
		pace = &refusalPace{limit: rate.NewLimiter(1, 20)}
		l.kinds[kind] = pace
	}
	if !pace.limit.Allow() {
		pace.skipped++
		return 0, false
	}
	skipped, pace.skipped = pace.skipped, 0
	return skipped, true
}

// Kinds of refusals, the keys of Counters.RefusedBy.
const (
	RefusedConnection   = "connection"   // no room for it
	RefusedLogin        = "login"        // wrong name, password, token, client id or last will
	RefusedBinding      = "binding"      // the EUI belongs to another station
	RefusedPublication  = "publication"  // no right to the topic: the client is disconnected
	RefusedSubscription = "subscription" // no right to the filter, or too many of them
	RefusedPatience     = "patience"     // a station acknowledges nothing of what it gets: it is disconnected
	RefusedStorage      = "storage"      // Options.Durable failed: the client is disconnected
	RefusedWaiting      = "waiting"      // Options.Durable takes it only later (ErrLater): it is not acknowledged
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
