package broker

import (
	"errors"
	"log/slog"
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

// Reasons to end a connection.
var (
	errForeign = errors.New("no right to this topic")
	errDurable = errors.New("the message could not be stored")
)
