package sx1302

import "time"

// backoff is how long to wait before the next attempt: half a second, then twice as
// long each time, up to ten. The zero backoff begins.
type backoff struct{ last time.Duration }

const (
	backoffFirst = 500 * time.Millisecond
	backoffMost  = 10 * time.Second
)

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, backoffFirst), backoffMost)
	return b.last
}
