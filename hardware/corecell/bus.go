package corecell

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"hexspot/hardware"
)

// Bus is a concentrator behind a CoreCell bridge.
type Bus struct {
	name string
	who  pingAnswer

	turn chan struct{} // full during the exchanges of one call
	link *link
	lost error // why there is no use in trying: gone or closed

	closing   chan struct{}
	patience  time.Duration // with a port that neither returns nor fails
	closeOnce sync.Once
	closed    error
}

var (
	_ hardware.Bus         = (*Bus)(nil)
	_ hardware.Thermometer = (*Bus)(nil)
)

// hangLimit is when a port that neither returns nor fails is given up: longer
// than draining and the longest exchange together. closeGrace is the same for
// an exchange that Close interrupts, partLimit for each step of Close itself.
const (
	hangLimit  = 3 * time.Second
	closeGrace = 200 * time.Millisecond
	partLimit  = 500 * time.Millisecond
)

// New talks to the bridge at port, which it owns from now on: it asks who is
// there and how it is. name is for people. Unless a CoreCell answers, the port
// is closed and an error returned.
func New(ctx context.Context, port Port, name string, log *slog.Logger) (*Bus, error) {
	b := &Bus{name: name, turn: make(chan struct{}, 1), closing: make(chan struct{}), patience: hangLimit}
	b.link = &link{port: port, stop: b.closing, id: uint8(rand.Uint32())}
	if err := b.connect(ctx, log); err != nil {
		b.lost = err // so that Close leaves the device alone
		return nil, errors.Join(fmt.Errorf("looking for a CoreCell at %s: %w", name, err), b.Close())
	}
	return b, nil
}

func (b *Bus) connect(ctx context.Context, log *slog.Logger) error {
	err := b.ping(ctx)
	if err != nil && ctx.Err() == nil { // half a request of an earlier process may have spoilt it
		b.lost, b.link.dirty = nil, true
		err = b.ping(ctx)
	}
	if err != nil {
		return err
	}
	if version := b.Version(); version[1:] != knownVersion[1:] {
		log.Warn("unknown firmware on the CoreCell bridge", "version", version, "known", knownVersion)
	}
	_, err = b.status(ctx)
	return err
}

func (b *Bus) ping(ctx context.Context) error {
	frame, err := b.begin(ctx)
	if err != nil {
		return err
	}
	payload, err := b.exchange(cmdPing, frame, ackTimeout)
	if err != nil {
		return err
	}
	if b.who, err = parsePingAnswer(payload); err != nil {
		return fmt.Errorf("%w: PING: %w", ErrBadAnswer, err)
	}
	return nil
}

func (b *Bus) status(ctx context.Context) (statusAnswer, error) {
	frame, err := b.begin(ctx)
	if err != nil {
		return statusAnswer{}, err
	}
	payload, err := b.exchange(cmdStatus, frame, ackTimeout)
	if err != nil {
		return statusAnswer{}, err
	}
	a, err := parseStatusAnswer(payload)
	if err != nil {
		return a, fmt.Errorf("%w: STATUS: %w", ErrBadAnswer, err)
	}
	return a, nil
}

// String names the bus for people, "usb:/dev/ttyACM0".
func (b *Bus) String() string { return b.name }

// Version is that of the bridge's firmware, "V01.00.00"; its first character is
// V for a release.
func (b *Bus) Version() string { return string(b.who.version[:]) }

// UniqueID is that of the bridge's microcontroller.
func (b *Bus) UniqueID() [12]byte { return b.who.id }

// Temperature is the board's in degrees Celsius, read by the bridge every 30 s;
// hardware.ErrNoSensor until its first reading.
func (b *Bus) Temperature(ctx context.Context) (float64, error) {
	defer b.take()()
	a, err := b.status(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the board's temperature: %w", err)
	}
	celsius, ok := a.celsius()
	if !ok {
		return 0, hardware.ErrNoSensor
	}
	return celsius, nil
}

// take waits for the exchanges of other calls to end. (A mutex would do, but for
// the fake time of tests.)
func (b *Bus) take() (release func()) {
	b.turn <- struct{}{}
	return func() { <-b.turn }
}

// begin checks whether an exchange makes sense and starts its frame, to which
// the caller appends the payload. Only the holder of the turn may call it.
func (b *Bus) begin(ctx context.Context) ([]byte, error) {
	if b.lost != nil {
		return nil, b.lost
	}
	return b.link.request(), ctx.Err()
}

// exchange sends a frame from begin and returns the payload of its answer,
// which is good until the next begin.
func (b *Bus) exchange(c command, frame []byte, timeout time.Duration) ([]byte, error) {
	payload, err := bounded(b.closing, b.patience, func() ([]byte, error) {
		return b.link.exchange(c, frame, timeout)
	})
	if errors.Is(err, hardware.ErrGone) {
		b.lost = err
	}
	return payload, err
}

// looks are how often bounded looks at the time that it gives: a host that stood still for
// all of it has used up one.
const looks = 4

// bounded runs f, and leaves it behind if it takes longer than limit, or than
// closeGrace once stop is closed. A serial port can block for ever.
func bounded[T any](stop <-chan struct{}, limit time.Duration, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	timer, left := time.NewTimer(limit/looks), looks
	defer timer.Stop()
	for {
		select {
		case r := <-done:
			return r.value, r.err
		case <-stop:
			timer.Reset(closeGrace)
			stop, left = nil, 1
		case <-timer.C:
			if left--; left == 0 {
				var none T
				return none, gone(ErrHangs)
			}
			timer.Reset(limit / looks)
		}
	}
}
