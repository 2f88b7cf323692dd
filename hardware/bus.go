package hardware

import (
	"context"
	"errors"
)

// Target is the chip select an SPI frame goes to.
type Target uint8

// The chips behind a bus. Numbers are those of the CoreCell protocol.
const (
	SX1302 Target = 0 // also the radios behind it, by the frame's first byte
	SX1261 Target = 1
)

// Op is one operation on a bus: an SPI frame (Out set), or a
// read-modify-write of one SX1302 register byte (Out nil).
type Op struct {
	Target Target
	Out    []byte // bytes clocked out, chip select low for the whole frame
	In     []byte // if not nil, as long as Out: bytes clocked in at the same time

	Address uint16 // register byte to modify
	Mask    byte   // bits that change
	Value   byte   // their new value, already within Mask
}

// Bus carries operations to a concentrator. It is used by one goroutine at a time.
type Bus interface {
	// Do performs the operations in order and returns when all are done. A bus
	// that can (USB) sends many in one exchange; how many is its own matter.
	// After an error the state of the chip is unknown.
	Do(ctx context.Context, ops ...Op) error
	// Reset powers the concentrator and pulses its reset line.
	Reset(ctx context.Context) error
	// String names the bus for people, "usb:/dev/ttyACM0".
	String() string
	// Close releases the device. Do in progress ends with an error.
	Close() error
}

// Thermometer is a Bus that can tell the board's temperature.
type Thermometer interface {
	// Temperature in degrees Celsius. ErrNoSensor if there is none (yet).
	Temperature(ctx context.Context) (float64, error)
}

// Opener opens the bus of a concentrator; it is called again after a lost bus.
type Opener func(ctx context.Context) (Bus, error)

// Errors that a caller branches on.
var (
	// ErrGone says that the device has left (USB unplugged, process ended) or
	// answers no more: close the bus and open it anew.
	ErrGone = errors.New("the concentrator's device is gone")
	// ErrNoSensor says that the board has no temperature sensor or no reading yet.
	ErrNoSensor = errors.New("no temperature sensor")
)
