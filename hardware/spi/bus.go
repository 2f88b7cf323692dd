package spi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"hexspot/hardware"
)

// Config says where a concentrator hangs. Device and Pins must be set.
type Config struct {
	Device string        // the SX1302's chip select, "/dev/spidev0.0"
	SX1261 string        // the SX1261's, "/dev/spidev0.1"; empty if there is none
	GPIO   string        // chip of the pins; empty means "gpiochip0"
	I2C    string        // bus of the temperature sensor; empty means "/dev/i2c-1"
	Pins   hardware.Pins // of the board
}

// Bus is a concentrator on spidev.
type Bus struct {
	name  string
	pins  hardware.Pins
	chips [2]*spidev // by target; nil if absent
	lines lines

	i2c    func() (registers, error)
	sensed bool // looked for a sensor
	sensor *sensor

	turn   sync.Mutex // held during each operation, so that Close need not wait for many
	closed bool
}

var (
	_ hardware.Bus         = (*Bus)(nil)
	_ hardware.Thermometer = (*Bus)(nil)
)

// errNoSX1261 is for an operation on a chip the Config does not name.
var errNoSX1261 = errors.New("no SPI device is configured for the SX1261")

// Open opens the devices and takes the pins. The concentrator is left as it is.
func Open(config Config) (*Bus, error) {
	b := &Bus{name: "spi:" + config.Device, pins: config.Pins}
	if err := b.open(config); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the concentrator on SPI: %w%s", err, cure(err)), b.Close())
	}
	return b, nil
}

func (b *Bus) open(c Config) (err error) {
	for target, path := range []string{c.Device, c.SX1261} {
		if path == "" && target != int(hardware.SX1302) {
			continue
		}
		if b.chips[target], err = openSpidev(path, kernel); err != nil {
			return err
		}
	}
	b.i2c = func() (registers, error) { return openI2C(or(c.I2C, "/dev/i2c-1")) }
	b.lines, err = openLines(or(c.GPIO, "gpiochip0"), c.Pins)
	return err
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// cure is what a user can do about it.
func cure(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return " (is SPI enabled, dtparam=spi=on on a Raspberry Pi?)"
	case errors.Is(err, fs.ErrPermission):
		return " (is this user in the groups spi and gpio?)"
	}
	return ""
}

// String names the bus for people, "spi:/dev/spidev0.0".
func (b *Bus) String() string { return b.name }

// Do performs the operations one by one. A frame longer than 1028 bytes is split
// if it reads or writes SX1302 registers or reads the receive FIFO, and is
// ErrFrame otherwise.
func (b *Bus) Do(ctx context.Context, ops ...hardware.Op) error {
	for i := range ops {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.do(&ops[i]); err != nil {
			return fmt.Errorf("operation %d of %d: %w", i+1, len(ops), err)
		}
	}
	return nil
}

func (b *Bus) do(op *hardware.Op) error {
	b.turn.Lock()
	defer b.turn.Unlock()
	if b.closed {
		return fs.ErrClosed
	}
	if int(op.Target) >= len(b.chips) || b.chips[op.Target] == nil {
		return errNoSX1261
	}
	exchange := b.chips[op.Target].exchange
	switch {
	case op.Out != nil:
		return send(op.Target, op.Out, op.In, exchange)
	case op.Target != hardware.SX1302:
		return fmt.Errorf("%w: the SX1261 has no read-modify-write", ErrFrame)
	}
	return modify(op, exchange)
}

// modify reads a register byte and writes it back changed.
func modify(op *hardware.Op, exchange sender) error {
	high, low := byte(op.Address>>8)&^writeBit, byte(op.Address)
	back, err := exchange([]byte{0, high, low, 0, 0})
	if err != nil {
		return err
	}
	value := back[readHeader]&^op.Mask | op.Value&op.Mask
	_, err = exchange([]byte{0, high | writeBit, low, value})
	return err
}

// Reset powers the concentrator and pulses the reset lines of its chips.
func (b *Bus) Reset(ctx context.Context) error {
	if err := pulse(ctx, b.lines, b.pins); err != nil {
		return fmt.Errorf("resetting the concentrator: %w", err)
	}
	return nil
}

// Temperature reads the card's sensor, in degrees Celsius. Without an I2C bus or
// a sensor on it, hardware.ErrNoSensor; it is looked for once.
func (b *Bus) Temperature(context.Context) (float64, error) {
	b.turn.Lock()
	defer b.turn.Unlock()
	if b.closed {
		return 0, fs.ErrClosed
	}
	if !b.sensed {
		b.sensed = true
		if err := b.findSensor(); err != nil {
			return 0, err
		}
	}
	if b.sensor == nil {
		return 0, hardware.ErrNoSensor
	}
	celsius, err := b.sensor.celsius()
	if err != nil {
		return 0, fmt.Errorf("reading the temperature sensor: %w", err)
	}
	return celsius, nil
}

func (b *Bus) findSensor() error {
	bus, err := b.i2c()
	if err != nil {
		return fmt.Errorf("%w: %w", hardware.ErrNoSensor, err)
	}
	if b.sensor, err = findSensor(bus); err != nil {
		return errors.Join(err, bus.Close())
	}
	return nil
}

// Close releases the devices and pins; the concentrator keeps running. A Do in
// progress ends with fs.ErrClosed after the operation it is at.
func (b *Bus) Close() error {
	b.turn.Lock()
	defer b.turn.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	var errs []error
	for _, c := range b.held() {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// held are what Close must close.
func (b *Bus) held() []io.Closer {
	var all []io.Closer
	for _, chip := range b.chips {
		if chip != nil {
			all = append(all, chip.file)
		}
	}
	if b.sensor != nil {
		all = append(all, b.sensor.bus)
	}
	if b.lines != nil {
		all = append(all, b.lines)
	}
	return all
}
