package gateway

import (
	"slices"
	"time"

	"hexspot/radio"
)

// Room says how long it is until the duty cycle has room for one of these downlinks,
// beside what is accepted: 0 if it has now, or if it is not the duty cycle that is in the
// way. It is false if no sub-band of theirs has room at any time that can be told.
func (q *Queue) Room(now Instant, downlinks []radio.Downlink, p Priority) (wait time.Duration, ok bool) {
	var looked []Permit
	wait = never
	for _, d := range downlinks {
		permit, status := q.rules.Check(d, p)
		if status != radio.TxOK || slices.Contains(looked, permit) {
			continue
		}
		looked = append(looked, permit)
		if wait = min(wait, q.relieved(now, permit)); wait == 0 {
			break
		}
	}
	if len(looked) == 0 {
		return 0, true
	}
	return wait, wait != never
}

// relieved is how long it is until a sub-band has room for one more emission.
func (q *Queue) relieved(now Instant, permit Permit) time.Duration {
	l := q.ledgers[permit.SubBand]
	if l == nil {
		return 0
	}
	planned := q.planned(now, &entry{permit: permit}, q.entries)
	own := span{now.Clock, now.Clock + permit.Airtime}
	for range mostMoves {
		next, ok := l.admits(slices.Clone(planned), own)
		switch {
		case ok:
			return own.start - now.Clock
		case next == never:
			return never
		}
		own = span{next, next + permit.Airtime}
	}
	return own.start - now.Clock // at least
}

// Room is the queue's.
func (t *Transmitter) Room(downlinks []radio.Downlink, p Priority) (wait time.Duration, ok bool) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.Room(now, downlinks, p)
}
