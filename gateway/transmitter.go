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
	cover      func(context.Context) // nil: nothing comes before a frame

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
