package spi

import (
	"os"

	"golang.org/x/sys/unix"
)

// registers are those of the chips on an I2C bus, a byte each; or a test's.
type registers interface {
	Read(chip, register byte) (byte, error)
	Write(chip, register, value byte) error
	Close() error
}

// i2cSlave is I2C_SLAVE of <linux/i2c-dev.h>: which chip to talk to.
const i2cSlave = 0x0703

// i2c is an I2C character device.
type i2c struct{ *os.File }

func openI2C(path string) (registers, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return i2c{file}, nil
}

func (d i2c) Read(chip, register byte) (byte, error) {
	value := []byte{register}
	if err := d.send(chip, value); err != nil {
		return 0, err
	}
	_, err := d.File.Read(value)
	return value[0], err
}

func (d i2c) Write(chip, register, value byte) error { return d.send(chip, []byte{register, value}) }

func (d i2c) send(chip byte, b []byte) error {
	if err := unix.IoctlSetInt(int(d.Fd()), i2cSlave, int(chip)); err != nil {
		return err
	}
	_, err := d.File.Write(b)
	return err
}
