package gateway

import (
	"context"
	"sync"
	"time"

	"hexspot/radio"
)

// inboxSize is how many submissions wait to be looked at.
const inboxSize = 64

// TransmitterOptions are useful at zero.
type TransmitterOptions struct {
	// GPS gives the latest tie of the counter to GPS time, false while there is none.
	// Without it downlinks at a GPS time are refused. It must not block.
	GPS func() (radio.GPSReference, bool)
	// Statistics count the downlinks beside what was heard; none: they are not counted.
	Statistics *Statistics
}

// Transmitter brings downlinks to one transmit chain: a Queue, and the loop that
// does what it says.
type Transmitter struct {
	sender     Sender
	gps        func() (radio.GPSReference, bool)
	statistics *Statistics
	began      time.Time
	inbox      chan Submission

	mu      sync.Mutex
	queue   *Queue
	stopped bool

	// Of Run alone:
	reports map[Ticket]func(Report)
	abort   context.CancelFunc  // of the frame on the chain, nil while there is none
	results chan radio.Emission // of the frame on the chain
}

// NewTransmitter makes a transmitter for a chain; the rules are checked.
func NewTransmitter(s Sender, rules Rules, o TransmitterOptions) (*Transmitter, error) {
	q, err := NewQueue(rules)
	if err != nil {
		return nil, err
	}
	t := &Transmitter{
		sender: s, gps: o.GPS, statistics: o.Statistics, began: time.Now(), queue: q,
		inbox: make(chan Submission, inboxSize), results: make(chan radio.Emission, 1),
		reports: make(map[Ticket]func(Report)),
	}
	if t.statistics == nil {
		t.statistics = NewStatistics()
	}
	t.statistics.measure(t.DutyCycle)
	return t, nil
}

// Submit hands a command over. It never blocks: the answer comes from Run, or at
// once if Run is over (INTERNAL_ERROR) or too many wait to be looked at
// (QUEUE_FULL).
func (t *Transmitter) Submit(s Submission) {
	if status := t.offer(s); status != radio.TxOK {
		t.refuse(s, status)
	}
}

func (t *Transmitter) offer(s Submission) radio.TxStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return radio.TxInternalError
	}
	select {
	case t.inbox <- s:
		return radio.TxOK
	default:
		return radio.TxQueueFull
	}
}

// refuse answers a command of which nothing was tried.
func (t *Transmitter) refuse(s Submission, status radio.TxStatus) {
	a := Answer{ID: s.Command.ID, Statuses: make([]radio.TxStatus, len(s.Command.Items))}
	for i := range a.Statuses {
		a.Statuses[i] = status
	}
	t.answer(s, a)
}

func (t *Transmitter) answer(s Submission, a Answer) {
	t.statistics.answered(a)
	if s.Answer != nil {
		s.Answer(a)
	}
}

// DutyCycle is what the limited sub-bands have spent.
func (t *Transmitter) DutyCycle() []DutyCycle {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.DutyCycle(now)
}

func (t *Transmitter) now() Instant {
	return Instant{Clock: time.Since(t.began), Counter: t.sender.Now()}
}

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
	go func() { t.results <- t.sender.Send(ctx, transmission) }()
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
