package corecell

import (
	"context"
	"io"

	"hexspot/hardware"
)

// Status is how one item of a MULTI_SPI request ended.
type Status uint8

// The statuses of the firmware. A read-modify-write ends with OK or Failed only.
const (
	StatusOK        Status = 0
	StatusFailed    Status = 1
	StatusParameter Status = 2 // wrong target, length or item type
	StatusTimeout   Status = 3 // SX1261 BUSY for more than 4 ms, or SPI for more than 100 ms
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

// Pin is a pin of the microcontroller.
type Pin struct {
	Port   uint8 // 0 is A, 7 is H
	Number uint8 // 0 to 15
}

// The pins a host drives (bridge firmware, Core/Inc/main.h).
var (
	PinPower       = Pin{0, 1} // PA1 POWER_EN, high is on
	PinReset       = Pin{0, 2} // PA2 SX1302 reset, high is reset; the falling edge restarts the chip
	PinSX1261Reset = Pin{0, 8} // PA8 SX1261 NRESET, low is reset
)

// ServeOption changes how Serve behaves.
type ServeOption func(*server)

// OnReboot calls f after the answer to RESET (bootloader false) or BOOTLOADER
// (true) has been written; Serve ends with f's error if that is not nil. The
// firmware itself drops off the bus 200 ms after such an answer.
func OnReboot(f func(bootloader bool) error) ServeOption {
	return func(s *server) { s.reboot = f }
}

type server struct {
	device Device
	id     [12]byte
	reboot func(bootloader bool) error
}

// Serve is the microcontroller of a CoreCell at rw with the unique id given to
// PING. It ends with ctx's error, or the cause if rw fails.
func Serve(ctx context.Context, rw io.ReadWriter, device Device, id [12]byte, options ...ServeOption) error {
	s := &server{device: device, id: id}
	for _, option := range options {
		option(s)
	}
	return s.run(ctx, rw)
}
