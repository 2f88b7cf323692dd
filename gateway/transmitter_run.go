package gateway

import (
	"context"
	"time"

	"hexspot/radio"
)

// Run transmits until ctx ends. What is on the air then is aborted, and everything
// that is not done is answered and reported. It is run once.
func (t *Transmitter) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer t.stop()
	for {
		timer.Stop()
		if wait := t.turn(ctx); wait > 0 {
			timer.Reset(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case s := <-t.inbox:
			t.take(s)
		case e := <-t.results:
			t.settle(e)
		case <-timer.C:
		}
	}
}

// turn does what the queue asks for and says when to ask it again.
func (t *Transmitter) turn(ctx context.Context) time.Duration {
	for {
		now := t.now()
		t.mu.Lock()
		step, ended := t.queue.Next(now)
		t.mu.Unlock()
		t.report(ended)
		switch step.Do {
		case Load:
			t.load(ctx, now)
		case TakeBack:
			t.takeBack()
		default:
			return step.Wait
		}
	}
}

// load gives the next frame to the chain.
func (t *Transmitter) load(ctx context.Context, now Instant) {
	t.mu.Lock()
	_, transmission := t.queue.Load(now)
	t.mu.Unlock()
	ctx, t.abort = context.WithCancel(ctx)
	go func() {
		if t.cover != nil {
			t.cover(ctx)
		}
		t.results <- t.sender.Send(ctx, transmission)
	}()
}

func (t *Transmitter) takeBack() {
	t.mu.Lock()
	t.queue.TakeBack()
	t.mu.Unlock()
	t.abort()
}

// take gives a command to the queue.
func (t *Transmitter) take(s Submission) {
	var gps radio.GPSReference
	if t.gps != nil {
		if r, ok := t.gps(); ok {
			gps = r
		}
	}
	now := t.now()
	t.mu.Lock()
	a, ticket, ended := t.queue.Enqueue(now, s.Command, gps)
	t.mu.Unlock()
	if _, ok := a.Accepted(); ok {
		t.reports[ticket] = s.Report
	}
	t.answer(s, a)
	t.report(ended)
}

// settle takes what became of the frame on the chain.
func (t *Transmitter) settle(e radio.Emission) {
	t.abort()
	t.abort = nil
	now := t.now()
	t.mu.Lock()
	ended := t.queue.Settle(now, e)
	t.mu.Unlock()
	t.report(ended)
}

func (t *Transmitter) report(ended []Ended) {
	for _, e := range ended {
		tell := t.reports[e.Ticket]
		delete(t.reports, e.Ticket)
		t.statistics.reported(e.Report)
		if tell != nil {
			tell(e.Report)
		}
	}
}

// stop ends all that is under way, and answers what was never looked at.
func (t *Transmitter) stop() {
	t.mu.Lock()
	t.stopped = true
	ended := t.queue.Drain()
	t.mu.Unlock()
	t.report(ended)
	if t.abort != nil {
		t.abort()
		t.settle(<-t.results)
	}
	for len(t.inbox) > 0 {
		t.refuse(<-t.inbox, radio.TxInternalError)
	}
}
