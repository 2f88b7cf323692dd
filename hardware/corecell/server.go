package corecell

import (
	"context"
	"io"
	"time"

	"hexspot/hardware"
)

// Device is what hangs on the microcontroller: the concentrator and its pins.
// Serve calls it from one goroutine.
type Device interface {
	// SPI clocks one frame out, chip select low throughout, and fills in with
	// what came back. in is as long as out and starts as zeros; it may not be
	// kept. Anything but StatusOK discards in.
	SPI(target hardware.Target, out, in []byte) Status
	// GPIO drives a pin; port 0 is A, 7 is H, pin is 0 to 15. False: refused.
	// The pins that matter are named PinPower, PinReset and PinSX1261Reset.
	GPIO(port, pin uint8, high bool) bool
	// Temperature of the board in degrees Celsius; not ok if there is none yet.
	Temperature() (celsius float64, ok bool)
}

// ServeOption changes how Serve behaves.
type ServeOption func(*server)

// OnReboot calls f after the answer to RESET (bootloader false) or BOOTLOADER
// (true) has been written and the pins have fallen back; Serve ends with f's
// error if that is not nil. The firmware itself drops off the USB bus 200 ms
// after such an answer.
func OnReboot(f func(bootloader bool) error) ServeOption {
	return func(s *server) { s.reboot = f }
}

// silence is how long the firmware waits for the rest of a request.
const silence = 100 * time.Millisecond

// Serve is the microcontroller of a CoreCell at rw, with the unique id given to
// PING. It drives the pins as the firmware does when it starts: power off, both
// chips in reset. Serve ends with ctx's error, or the cause if rw fails. If rw
// has a SetDeadline method (a PTY, a net.Conn) the end of ctx ends a pending
// Read; otherwise close rw.
func Serve(ctx context.Context, rw io.ReadWriter, device Device, id [12]byte, options ...ServeOption) error {
	s := &server{device: device, id: id, reboot: func(bool) error { return nil }}
	for _, option := range options {
		option(s)
	}
	s.powerUp()
	defer endWith(ctx, rw)()
	err := s.run(rw)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// endWith makes the end of ctx end what rw is doing.
func endWith(ctx context.Context, rw io.ReadWriter) (stop func() bool) {
	d, ok := rw.(interface{ SetDeadline(time.Time) error })
	if !ok {
		return func() bool { return true }
	}
	_ = d.SetDeadline(time.Time{}) // of an earlier Serve; a closed rw ends by itself
	return context.AfterFunc(ctx, func() { _ = d.SetDeadline(time.Unix(1, 0)) })
}

type server struct {
	device Device
	id     [12]byte
	reboot func(bootloader bool) error

	started time.Time
	pending []byte         // received, not yet a whole request
	answer  [maxFrame]byte // being written
	in      [maxFrame]byte // what an SPI frame brings back
}

// powerUp is what the firmware does when it starts.
func (s *server) powerUp() {
	s.started = time.Now()
	s.pending = s.pending[:0]
	for _, l := range poweredUp {
		s.device.GPIO(l.Port, l.Number, l.high)
	}
}

// run serves until rw fails. What is pending is dropped when the rest comes
// late, which nobody can tell from dropping it at once.
func (s *server) run(rw io.ReadWriter) error {
	chunk := make([]byte, maxFrame)
	for {
		asked := time.Now()
		n, err := rw.Read(chunk)
		if time.Since(asked) > silence {
			s.pending = s.pending[:0]
		}
		if err := s.receive(rw, chunk[:n]); err != nil {
			return err
		}
		if err != nil {
			return err
		}
	}
}
