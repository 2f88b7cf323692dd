package mqtt

import (
	"sync"
	"time"
)

// What waits for the network at most. An acknowledgement has some 40 bytes, a
// report some 400, the answer of a command up to 12,000.
const (
	maxLetters     = 1024
	maxLetterBytes = 1 << 20
	maxPosted      = 32 // sent and not yet acknowledged
	maxLosses      = 3  // sessions that may end with the same letter in flight
)

// letter is a message for the network that is not an uplink.
type letter struct {
	kind    string // "ack", "report", "exec" or "coverage"
	topic   string
	payload []byte
	until   time.Time // when it is of no use any more
}

// outbox is the letters that the network has not acknowledged, oldest first. The
// first sent of them are in flight in the present session. What is too old, too much,
// or ends one session after the other, is dropped and counted.
type outbox struct {
	wake chan struct{} // has a token when a letter has come

	mu      sync.Mutex
	letters []letter
	bytes   int
	sent    int
	losses  int // sessions that ended while the first letter was in flight
	dropped uint64
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put appends a letter and drops what no longer fits, oldest first. It never waits.
func (o *outbox) put(l letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = append(o.letters, l)
	o.bytes += len(l.payload)
	for len(o.letters) > maxLetters || o.bytes > maxLetterBytes && len(o.letters) > o.sent+1 {
		o.drop(o.sent)
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// next takes the oldest letter that is not in flight, false if there is none or
// enough are in flight.
func (o *outbox) next(now time.Time) (letter, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.sent < len(o.letters) && now.After(o.letters[o.sent].until) {
		o.drop(o.sent)
	}
	if o.sent == len(o.letters) || o.sent == maxPosted {
		return letter{}, false
	}
	o.sent++
	return o.letters[o.sent-1], true
}

// acked removes the oldest letter in flight.
func (o *outbox) acked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.remove(0)
	o.sent--
	o.losses = 0
}

// rewind makes the letters in flight sendable again: the session is over. If that
// happens again and again with the same letter in front, it may be the letter that the
// broker ends sessions for: then it goes.
func (o *outbox) rewind() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sent > 0 {
		o.losses++
	}
	o.sent = 0
	if o.losses == maxLosses {
		o.drop(0)
		o.losses = 0
	}
}

func (o *outbox) drop(i int) {
	o.remove(i)
	o.dropped++
}

func (o *outbox) remove(i int) {
	o.bytes -= len(o.letters[i].payload)
	o.letters = append(o.letters[:i], o.letters[i+1:]...)
}

// drops is how many letters were dropped so far.
func (o *outbox) drops() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped
}
