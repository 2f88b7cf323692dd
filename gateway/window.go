package gateway

import (
	"context"
	"fmt"
	"time"
)

// ackLimit is how long a destination may keep frames in flight without
// acknowledging any. A connection that is slower than this is dead or as good as
// that.
const ackLimit = 30 * time.Second

// stallLimit is after how long without an acknowledgement frames in flight are no
// longer trusted to arrive: a store, if there is one, takes them.
const stallLimit = time.Second

// window is the frames in flight in one session, oldest first.
type window struct {
	queue   *backlog
	session Session
	acks    []Ack
	overdue *time.Timer // fires when stallLimit, then ackLimit, has passed without progress
	stalled bool        // stallLimit has passed
}

func newWindow(q *backlog, s Session) *window {
	w := &window{queue: q, session: s, overdue: time.NewTimer(ackLimit)}
	w.overdue.Stop()
	q.connected()
	return w
}

// progress begins the time of the next acknowledgement.
func (w *window) progress() {
	w.stalled = false
	w.overdue.Reset(stallLimit)
}

// expire is told that the timer has fired. It is an error at ackLimit.
func (w *window) expire() error {
	if w.stalled {
		return fmt.Errorf("no acknowledgement within %v", ackLimit)
	}
	w.stalled = true
	w.queue.stall()
	w.overdue.Reset(ackLimit - stallLimit)
	return nil
}

// fill hands frames over as long as the window has room.
func (w *window) fill(ctx context.Context) error {
	for frame := w.queue.next(); frame != nil; frame = w.queue.next() {
		ack, err := w.session.Send(ctx, frame)
		if err != nil {
			return fmt.Errorf("sending: %w", err)
		}
		if len(w.acks) == 0 {
			w.progress()
		}
		w.acks = append(w.acks, ack)
	}
	return nil
}

// first is closed when the oldest frame in flight is acknowledged or never will
// be; nil if there is none.
func (w *window) first() <-chan struct{} {
	if len(w.acks) == 0 {
		return nil
	}
	return w.acks[0].Done()
}

// settle removes the frames that are acknowledged, in order.
func (w *window) settle() error {
	for len(w.acks) > 0 && completed(w.acks[0]) {
		if err := w.acks[0].Error(); err != nil {
			return fmt.Errorf("acknowledgement: %w", err)
		}
		w.acks[0] = nil
		w.acks = w.acks[1:]
		w.queue.acked()
		w.progress()
	}
	if len(w.acks) == 0 {
		w.overdue.Stop()
	}
	return nil
}

// end takes the acknowledgements that came before the session was closed, so that
// only frames without one are sent again.
func (w *window) end() {
	_ = w.settle() // an error is of the frames that are sent again
	w.overdue.Stop()
	w.queue.rewind()
}

func completed(ack Ack) bool {
	select {
	case <-ack.Done():
		return true
	default:
		return false
	}
}

// drain waits for the acknowledgement of what is in flight, but not for long.
func (w *window) drain(limit time.Duration) error {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for len(w.acks) > 0 {
		select {
		case <-w.first():
		case <-w.session.Done():
			return errSessionLost
		case <-timeout.C:
			return nil
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	return nil
}
