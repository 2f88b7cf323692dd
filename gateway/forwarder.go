package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// drainLimit is how long a forwarder that is to stop waits for the
// acknowledgement of what it has sent.
const drainLimit = 700 * time.Millisecond

// Forwarder brings frames to one destination, in order, each until it is
// acknowledged. A frame whose acknowledgement is lost with the connection is sent
// again, as the same bytes. While the destination is away frames wait, the
// oldest dropped when there are too many; with a store (Persist) they wait there.
type Forwarder struct {
	destination Destination
	queue       *backlog
	keeper      *keeper // nil without a store
	log         *slog.Logger
}

// NewForwarder makes a forwarder to a destination; limits are useful at zero.
func NewForwarder(d Destination, limits Limits, log *slog.Logger) *Forwarder {
	return &Forwarder{destination: d, queue: newBacklog(limits), log: log.With("output", d.Name())}
}

// Offer queues a frame. It never waits; what is dropped for it is counted.
func (f *Forwarder) Offer(frame Frame) { f.queue.push(&frame) }

// Counters tells what became of the frames so far.
func (f *Forwarder) Counters() Counters { return f.queue.snapshot() }

// Name is the destination's.
func (f *Forwarder) Name() string { return f.destination.Name() }

// Run forwards until ctx ends; then it waits up to drainLimit for the
// acknowledgement of what is in flight, and gives the store what is left. Frames
// offered after that are lost. An error is final: the destination cannot be reached
// as it is set up.
func (f *Forwarder) Run(ctx context.Context) error {
	if f.keeper == nil {
		return f.forward(ctx)
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.keeper.run(life)
	}()
	err := f.forward(ctx)
	end()
	<-ended
	return err
}

func (f *Forwarder) forward(ctx context.Context) error {
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
		w := newWindow(f.queue, session)
		err = f.serve(ctx, w)
		session.Close()
		w.end()
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
		f.log.Warn("frames were dropped: the queue was full, or they were too old", "frames", dropped-before)
	}
	return dropped
}

// errSessionLost ends a session whose connection is gone.
var errSessionLost = errors.New("connection lost")

// serve sends and takes acknowledgements until the session fails or ctx ends; then
// it takes acknowledgements for drainLimit, so that a frame that has arrived
// is not sent again by the next start. One goroutine does both: a frame costs a
// wake-up when it comes and one when it is acknowledged.
func (f *Forwarder) serve(ctx context.Context, w *window) error {
	for {
		err := w.fill(ctx)
		switch {
		case ctx.Err() != nil:
			return w.drain(drainLimit)
		case err != nil:
			return err
		}
		select {
		case <-f.queue.wake:
		case <-ctx.Done():
			return w.drain(drainLimit)
		case <-w.first():
		case <-w.session.Done():
			return errSessionLost
		case <-w.overdue.C:
			if err := w.expire(); err != nil {
				return err
			}
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
}
