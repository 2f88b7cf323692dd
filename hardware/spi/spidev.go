package spi

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"hexspot/hardware"
)

// What every chip on a concentrator card takes (HAL, loragw_spi.h): mode 0, most
// significant bit first, 2 MHz.
const (
	mode     = 0
	wordBits = 8
	speed    = 2_000_000
)

// maxFrame is the longest frame that goes out in one piece: 1024 bytes of data
// behind the header of a read. spidev's own limit is 4096 by default.
const maxFrame = 1024 + readHeader

// spidev is one chip select.
type spidev struct {
	file  *os.File
	ioctl ioctlFunc

	// The kernel gets addresses of these: they stay where they are as long as
	// the spidev does, which a caller's slices need not.
	transfer transfer
	out, in  [maxFrame]byte
}

func openSpidev(path string, ioctl ioctlFunc) (*spidev, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	d := &spidev{file: file, ioctl: ioctl}
	if err := d.configure(); err != nil {
		return nil, errors.Join(fmt.Errorf("configuring %s: %w", path, err), file.Close())
	}
	return d, nil
}

func (d *spidev) configure() error {
	var modeArg, bitsArg, speedArg = uint8(mode), uint8(wordBits), uint32(speed)
	for _, setting := range []struct {
		name    string
		request uintptr
		arg     unsafe.Pointer
	}{
		{"mode", iocMode, unsafe.Pointer(&modeArg)},
		{"word size", iocBits, unsafe.Pointer(&bitsArg)},
		{"speed", iocMaxSpeed, unsafe.Pointer(&speedArg)},
	} {
		if _, err := d.ioctl(d.file.Fd(), setting.request, setting.arg); err != nil {
			return fmt.Errorf("%s: %w", setting.name, err)
		}
	}
	return nil
}

// exchange clocks one frame of at most maxFrame bytes, chip select low
// throughout. What comes back is the spidev's until the next exchange.
func (d *spidev) exchange(out []byte) ([]byte, error) {
	n := copy(d.out[:], out)
	d.transfer = transfer{
		out:    uint64(uintptr(unsafe.Pointer(&d.out))),
		in:     uint64(uintptr(unsafe.Pointer(&d.in))),
		length: uint32(n),
		speed:  speed,
		bits:   wordBits,
	}
	done, err := d.ioctl(d.file.Fd(), iocMessage, unsafe.Pointer(&d.transfer))
	runtime.KeepAlive(d)
	switch {
	case err != nil:
		return nil, fmt.Errorf("SPI transfer of %d bytes: %w", n, gone(err))
	case done != n:
		return nil, fmt.Errorf("SPI transfer of %d bytes ended after %d", n, done)
	}
	return d.in[:n], nil
}

// gone tells a device that has left from one that fails.
func gone(err error) error {
	switch {
	case errors.Is(err, unix.ESHUTDOWN), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EBADF):
		return fmt.Errorf("%w: %w", hardware.ErrGone, err)
	}
	return err
}
