package device

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// state is what a device is waiting for.
type state uint8

const (
	unjoined  state = iota // its time to ask for a session
	joining                // a join accept
	idle                   // its time to send
	answering              // the end of the windows after an uplink
)

// String gives the state in a word.
func (s state) String() string {
	return [...]string{unjoined: "unjoined", joining: "joining", idle: "idle", answering: "answering"}[s]
}

// Device is one end device. It is not safe for several goroutines.
type Device struct {
	config Config
	random *rand.Rand
	rate   radio.LoRa
	counts Counts

	state    state
	next     time.Duration
	channels []radio.Hertz
	closed   map[string]time.Duration // sub-bands by name: not to be used before
	windows  []Window                 // after the last uplink, then class C's
	sentFrom time.Duration            // the last transmission
	sentTo   time.Duration
	last     radio.Hertz // its channel
	tries    int         // of the join, or of the message

	nonce   lorawan.DevNonce // of the next join request
	session otaa.Session
	delay   time.Duration // RX1 after an uplink
	second  radio.LoRa    // rate of RX2
	up      uint32        // FCntUp of the next message
	down    otaa.Counter
	message Message
	acked   bool // the message needs no acknowledgement, or has it
	ackDue  bool // the next uplink acknowledges a downlink
}

// New makes a device that has not joined.
func New(c Config) (*Device, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("device %v: %w", c.Credentials.DevEUI, err)
	}
	c = c.withDefaults()
	d := &Device{
		config: c, random: rand.New(rand.NewPCG(c.Seed, 0x6465_7669_6365)),
		closed: map[string]time.Duration{}, channels: otaa.JoinChannels(c.Plan),
	}
	rate, _ := c.Plan.DataRate(radio.Up, c.Rate)
	d.rate = rate.(radio.LoRa) // Validate has looked
	if err := d.setSecond(c.Plan.RX2.DataRate); err != nil {
		return nil, err
	}
	d.next = d.upTo(c.JoinSpread)
	return d, nil
}

// Next is when the device wants a Tick.
func (d *Device) Next() time.Duration { return d.next }

// Joined says whether it has a session.
func (d *Device) Joined() bool { return d.state == idle || d.state == answering }

// Class is the device's class.
func (d *Device) Class() Class { return d.config.Class }

// Counts are what it has done so far.
func (d *Device) Counts() Counts { return d.counts }

// Step tells the device of an event and gives what it does. Times never go back.
func (d *Device) Step(at time.Duration, e Event) []Action {
	switch e := e.(type) {
	case Tick:
		if at >= d.next {
			return d.tick(at)
		}
	case Heard:
		return d.heard(at, e)
	}
	return nil
}

func (d *Device) tick(at time.Duration) []Action {
	switch d.state {
	case unjoined:
		return d.join(at)
	case joining:
		return d.unanswered(at)
	case answering:
		return d.settle(at)
	}
	return d.begin(at)
}

// upTo is a random time below most.
func (d *Device) upTo(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(d.random.Int64N(int64(most))).Round(time.Microsecond)
}

// between is a random time from least to most.
func (d *Device) between(least, most time.Duration) time.Duration { return least + d.upTo(most-least) }
