package emulator

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hexspot/radio/ether"
)

// Air is an ether in real time: what chips and simulated devices send goes into
// it as it begins, and what arrives comes out when it has ended. All methods may
// be called at the same time.
type Air struct {
	epoch   time.Time
	observe func(ether.Arrival, error)
	changed chan struct{} // has one if Run must look again

	mu        sync.Mutex
	ether     *ether.Ether
	receivers map[ether.ID]receiver
}

// receiver takes what has arrived at a station, and says what came of it.
type receiver interface{ receive(ether.Arrival) error }

// settling is how long after its end a signal is decided: another one, of which the
// host's scheduler lets the air know late, is still counted. Chips get the exact
// end, and are given no frame before a modem would be done with it.
const settling = time.Millisecond

// NewAir makes an air that begins now. observe, if not nil, is told of each arrival
// and of what came of it: NotHeardError, ErrFull and ErrNotReceiving are a chip's.
// It is called by Run, so it must be quick.
func NewAir(config ether.Config, observe func(ether.Arrival, error)) (*Air, error) {
	e, err := ether.New(config)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	if observe == nil {
		observe = func(ether.Arrival, error) {}
	}
	return &Air{epoch: time.Now(), observe: observe, changed: make(chan struct{}, 1),
		ether: e, receivers: make(map[ether.ID]receiver)}, nil
}

// Since is the air's time at an instant, and When is the reverse.
func (a *Air) Since(at time.Time) time.Duration { return at.Sub(a.epoch) }

// When is the instant of a time of the air.
func (a *Air) When(d time.Duration) time.Time { return a.epoch.Add(d) }

// endDevice is a station that is no chip.
type endDevice func(ether.Arrival)

func (d endDevice) receive(x ether.Arrival) error {
	d(x)
	return nil
}

// Add puts a simulated device into the air. heard is called by Run with what
// arrives in its windows; it must be quick, and may call the air. Nil: it is not told.
func (a *Air) Add(s ether.Station, heard func(ether.Arrival)) ether.ID {
	if heard == nil {
		heard = func(ether.Arrival) {}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	id := a.ether.Add(s)
	a.receivers[id] = endDevice(heard)
	return id
}

// Transmit begins a device's signal. It should be called before the signal's start,
// or as soon after it as can be. Errors are those of ether.Ether.Transmit.
func (a *Air) Transmit(s ether.Signal) (ether.SignalID, error) {
	defer a.wake()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ether.Transmit(s)
}

// Cut ends a signal before its time.
func (a *Air) Cut(id ether.SignalID, at time.Duration) {
	defer a.wake()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ether.Cut(id, at)
}

// Listen opens a window for a device.
func (a *Air) Listen(id ether.ID, w ether.Window) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ether.Listen(id, w)
}

// Move puts a station to another place.
func (a *Air) Move(id ether.ID, to ether.Place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ether.Move(id, to)
}

// Run lets signals arrive, until ctx ends; its error is ctx's. It is the only
// goroutine that does, for all chips and devices, and keeps no queue.
func (a *Air) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(a.deliver(time.Now()))
		select {
		case <-timer.C:
		case <-a.changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// idle is how long Run waits if nothing is on the air.
const idle = time.Minute

// deliver hands over what has arrived and says how long it is to the next.
func (a *Air) deliver(now time.Time) time.Duration {
	arrivals, next := a.ended(now)
	for _, x := range arrivals {
		a.mu.Lock()
		r := a.receivers[x.To]
		a.mu.Unlock()
		a.observe(x, r.receive(x))
	}
	return time.Until(next)
}

func (a *Air) ended(now time.Time) (arrivals []ether.Arrival, next time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	arrivals = a.ether.Ended(a.Since(now) - settling)
	if end, any := a.ether.Next(); any {
		return arrivals, a.When(end + settling)
	}
	return arrivals, now.Add(idle)
}

func (a *Air) wake() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}
