package sx1302

import (
	"context"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// txJob is a frame that somebody waits to be sent.
type txJob struct {
	ctx    context.Context
	frame  txFrame
	result chan radio.Emission // has room for the one that comes
}

// transmitter sends the frames of one running chip, one after the other. It belongs
// to the goroutine that owns the bus, but for jobs and gone.
type transmitter struct {
	chain txChain
	r     *receiver
	jobs  chan *txJob
	gone  chan struct{} // closed at the end of the run

	job    *txJob  // that is being sent; nil: none
	flight *flight // nil until the chain holds it
	look   lookout
	idle   []hardware.Op // the receiver's own look
	aim    *time.Timer   // for a look at the right instant
}

func newTransmitter(chain txChain, r *receiver) *transmitter {
	x := &transmitter{
		chain: chain, r: r, jobs: make(chan *txJob), gone: make(chan struct{}),
		look: newLookout(chain.number), idle: r.look, aim: time.NewTimer(0),
	}
	x.aim.Stop()
	return x
}

// accept is where jobs come from, nowhere while there is one.
func (x *transmitter) accept() <-chan *txJob {
	if x.job != nil {
		return nil
	}
	return x.jobs
}

// cancelled says that who gave the job wants it no more.
func (x *transmitter) cancelled() <-chan struct{} {
	if x.flight == nil || x.flight.halt.outcome != 0 {
		return nil
	}
	return x.job.ctx.Done()
}

// load takes a job at an instant of the counter. Errors are of the bus.
func (x *transmitter) load(ctx context.Context, job *txJob, now radio.Timestamp) error {
	x.job = job
	if job.ctx.Err() != nil {
		x.conclude(radio.Emission{Outcome: radio.Aborted, Cause: "given up before it was loaded"})
		return nil
	}
	if v := job.frame.judge(now); v.outcome != 0 {
		x.conclude(radio.Emission{Outcome: v.outcome, Cause: v.cause, Conducted: job.frame.gain.Power})
		return nil
	}
	x.look.delay = job.frame.delay
	load, err := newTXLoad(x.chain, job.frame, x.look)
	if err != nil {
		return err
	}
	if err := x.r.bus.Do(ctx, load.ops...); err != nil {
		return fmt.Errorf("loading a frame: %w", err)
	}
	x.flight = load.flight(job.frame, x.look, x.r.clock)
	x.r.look = append(x.idle[:3:3], x.look.ops()...)
	return x.observe(ctx)
}

// mostAhead is how far ahead a frame may be loaded: the trigger compares 32 bits,
// which come again after 134 s.
const mostAhead = time.Minute

// judge says why a frame must not be loaded at an instant, if it must not.
func (f txFrame) judge(now radio.Timestamp) verdict {
	if f.trigger.At.IsZero() {
		return verdict{}
	}
	ahead, ok := f.trigger.At.Add(-ticksTime(f.delay)).Sub(now)
	switch {
	case !ok:
		return verdict{outcome: radio.Faulted, cause: "its time is of an earlier start of the concentrator"}
	case ahead <= 0:
		return verdict{outcome: radio.Missed, cause: fmt.Sprintf("%v too late to load", -ahead)}
	case ahead > mostAhead:
		return verdict{outcome: radio.Unusable, cause: fmt.Sprintf("%v ahead, at most %v can be", ahead, mostAhead)}
	}
	return verdict{}
}

// observe evaluates the look at the chain that the latest exchange contained.
func (x *transmitter) observe(ctx context.Context) error {
	if x.flight == nil {
		return nil
	}
	s, ok := x.look.sighting(x.r.clock)
	if !ok {
		return nil
	}
	if !s.alive {
		return &StallError{"the chip was reset while it held a frame"}
	}
	v := x.flight.see(s)
	switch {
	case v.outcome == 0:
		x.aimAt(s.after)
		return nil
	case !v.stop:
		x.conclude(x.flight.emission(v, s.after))
		return x.acknowledge(ctx, v.outcome)
	case x.flight.halt.outcome != 0:
		return &StallError{v.cause}
	}
	return x.stop(ctx, v)
}

// acknowledge lets the AGC forget that it found the channel busy (HAL,
// sx1302_send); it would say so of the next frame too.
func (x *transmitter) acknowledge(ctx context.Context, outcome radio.EmissionOutcome) error {
	if outcome != radio.Blocked {
		return nil
	}
	chip := chip{x.r.bus}
	if err := chip.write(ctx, setting{regMailboxWrite[0], 0xFF}); err != nil {
		return err
	}
	if err := chip.await(ctx, agc(), "acknowledging a busy channel", 0); err != nil {
		return err
	}
	return chip.write(ctx, setting{regMailboxWrite[0], 0})
}

// stop ends what the chain is about, because of v. The looks that follow see the
// chain become free.
func (x *transmitter) stop(ctx context.Context, why verdict) error {
	var w window
	w.add(x.chain.clear()...)
	ops, err := w.ops()
	if err != nil {
		return err
	}
	if err := x.r.bus.Do(ctx, append(ops, x.look.ops()...)...); err != nil {
		return fmt.Errorf("stopping a transmission: %w", err)
	}
	x.flight.stop(why, x.r.clock.Stamp(uint64(counterOf(x.look.before))))
	return x.observe(ctx)
}

// abort is stop on demand. A frame that has just ended is not aborted.
func (x *transmitter) abort(ctx context.Context, why string) error {
	if err := x.glance(ctx); err != nil || x.flight == nil || x.flight.halt.outcome != 0 {
		return err
	}
	return x.stop(ctx, verdict{outcome: radio.Aborted, cause: why})
}

// glance looks at the chain alone.
func (x *transmitter) glance(ctx context.Context) error {
	if x.flight == nil {
		return nil
	}
	if err := x.r.bus.Do(ctx, x.look.ops()...); err != nil {
		return fmt.Errorf("looking after a transmission: %w", err)
	}
	return x.observe(ctx)
}

// aimAt sets the timer for the next look that counts.
func (x *transmitter) aimAt(now radio.Timestamp) {
	if next, ok := x.flight.next(now); ok {
		ahead, _ := next.Sub(now)
		x.aim.Reset(ahead)
	}
}

// conclude reports how the job ended.
func (x *transmitter) conclude(e radio.Emission) {
	x.job.result <- e
	x.job, x.flight = nil, nil
	x.r.look = x.idle
	x.aim.Stop()
}

// shutdown stops what is being sent because the driver is to end.
func (x *transmitter) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), silenceTimeout)
	defer cancel()
	err := x.abort(ctx, "the driver was stopped")
	for err == nil && x.flight != nil {
		if err = pause(ctx, time.Millisecond); err == nil {
			err = x.glance(ctx)
		}
	}
	return err
}

// close ends a run. A frame that is not concluded yet is lost from sight: if it was
// seen on the air, all of it may have been.
func (x *transmitter) close(cause error) {
	close(x.gone)
	x.aim.Stop()
	if x.job == nil {
		return
	}
	v := verdict{outcome: radio.Faulted, cause: cause.Error()}
	if x.flight == nil {
		x.conclude(radio.Emission{Outcome: v.outcome, Cause: v.cause, Conducted: x.job.frame.gain.Power})
		return
	}
	x.conclude(x.flight.emission(v, x.flight.end()))
}
