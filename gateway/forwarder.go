package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// drainLimit is how long a forwarder that is to stop waits for the
// acknowledgement of what it has sent.
const drainLimit = 700 * time.Millisecond

// ackLimit is how long a destination may take to acknowledge a frame. A
// connection that is slower than this is dead or as good as that.
const ackLimit = 30 * time.Second

// Forwarder brings frames to one destination, in order, each until it is
// acknowledged. A frame whose acknowledgement is lost with the connection is sent
// again, as the same bytes. While the destination is away frames wait, the
// oldest dropped when there are too many.
type Forwarder struct {
	destination Destination
	queue       *queue
	log         *slog.Logger
}

// NewForwarder makes a forwarder to a destination; limits are useful at zero.
func NewForwarder(d Destination, limits Limits, log *slog.Logger) *Forwarder {
	return &Forwarder{destination: d, queue: newQueue(limits), log: log.With("output", d.Name())}
}

// Offer queues a frame. It never waits; what is dropped for it is counted.
func (f *Forwarder) Offer(frame Frame) { f.queue.push(&frame) }

// Counters tells what became of the frames so far.
func (f *Forwarder) Counters() Counters { return f.queue.snapshot() }

// Name is the destination's.
func (f *Forwarder) Name() string { return f.destination.Name() }

// Run forwards until ctx ends; then it waits up to drainLimit for the
// acknowledgement of what is in flight. An error is final: the destination
// cannot be reached as it is set up.
func (f *Forwarder) Run(ctx context.Context) error {
	var droppedBefore uint64
	for {
		session, err := f.destination.Connect(ctx)
		if ctx.Err() != nil {
			if err == nil {
				session.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("connecting to %s: %w", f.Name(), err)
		}
		droppedBefore = f.reportDropped(droppedBefore)
		err = f.serve(ctx, session)
		session.Close()
		f.queue.rewind()
		if ctx.Err() != nil {
			return nil
		}
		f.log.Warn("connection lost, connecting again", "error", err, "queued", f.Counters().Queued)
	}
}

// reportDropped says once for each outage what it cost.
func (f *Forwarder) reportDropped(before uint64) uint64 {
	dropped := f.Counters().Dropped
	if dropped > before {
		f.log.Warn("frames were dropped while the queue was full", "frames", dropped-before)
	}
	return dropped
}

// errSessionLost ends a session whose connection is gone.
var errSessionLost = errors.New("connection lost")

// serve sends and collects acknowledgements until the session fails or ctx ends.
func (f *Forwarder) serve(ctx context.Context, session Session) error {
	acks := make(chan Ack, f.queue.limits.InFlight)
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(acks)
		return f.send(inner, session, acks)
	})
	group.Go(func() error { return f.collect(ctx, session, acks) })
	return group.Wait()
}

// send hands frames over as long as the window has room.
func (f *Forwarder) send(ctx context.Context, session Session, acks chan<- Ack) error {
	for {
		for frame := f.queue.next(); frame != nil; frame = f.queue.next() {
			ack, err := session.Send(ctx, frame)
			if err != nil {
				return fmt.Errorf("sending: %w", err)
			}
			acks <- ack // never full: the window is as large
		}
		select {
		case <-f.queue.wake:
		case <-session.Done():
			return errSessionLost
		case <-ctx.Done():
			return nil
		}
	}
}

// collect removes frames in the order of their acknowledgement. When ctx has
// ended it goes on for drainLimit, so that a frame that has arrived is not sent
// again by the next start.
func (f *Forwarder) collect(ctx context.Context, session Session, acks <-chan Ack) error {
	patient, cancel := outliving(ctx, drainLimit)
	defer cancel()
	for ack := range acks {
		if err := await(patient, session, ack); err != nil {
			return err
		}
		f.queue.acked()
	}
	return nil
}

// outliving is a context that ends d after ctx.
func outliving(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return later, func() { stop(); cancel() }
}

// await waits until a frame is acknowledged.
func await(ctx context.Context, session Session, ack Ack) error {
	timeout := time.NewTimer(ackLimit)
	defer timeout.Stop()
	select {
	case <-ack.Done():
	case <-session.Done():
		// The connection may have brought this acknowledgement before its end.
		if !completed(ack) {
			return errSessionLost
		}
	case <-ctx.Done():
		return fmt.Errorf("waiting for an acknowledgement: %w", ctx.Err())
	case <-timeout.C:
		return fmt.Errorf("no acknowledgement within %v", ackLimit)
	}
	if err := ack.Error(); err != nil {
		return fmt.Errorf("acknowledgement: %w", err)
	}
	return nil
}

func completed(ack Ack) bool {
	select {
	case <-ack.Done():
		return true
	default:
		return false
	}
}
