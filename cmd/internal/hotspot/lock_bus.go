package hotspot

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"hexspot/hardware"
)

// lockBus locks the device of a bus.
func lockBus(bus string) (*lock, error) {
	_, path, err := hardware.ParseBus(bus)
	if err != nil {
		return nil, err
	}
	l, err := lockFile(path, os.O_RDWR)
	if err != nil {
		return nil, fmt.Errorf("the concentrator at %s is %w: stop it first, or name another bus", path, err)
	}
	return l, nil
}

// lockedBus is a bus whose device is locked while it is open.
type lockedBus struct {
	hardware.Bus
	lock *lock
}

// Close closes the bus and frees its device.
func (b lockedBus) Close() error { return errors.Join(b.Bus.Close(), b.lock.Close()) }

// Temperature is that of the bus, if it can tell.
func (b lockedBus) Temperature(ctx context.Context) (float64, error) {
	if t, ok := b.Bus.(hardware.Thermometer); ok {
		return t.Temperature(ctx)
	}
	return 0, hardware.ErrNoSensor
}

// Version is that of the bridge's firmware, empty if there is no bridge.
func (b lockedBus) Version() string {
	if bridge, ok := b.Bus.(interface{ Version() string }); ok {
		return bridge.Version()
	}
	return ""
}

// exclusive has a device locked before it is opened.
func exclusive(bus string, open hardware.Opener) hardware.Opener {
	return func(ctx context.Context) (hardware.Bus, error) {
		l, err := lockBus(bus)
		if err != nil {
			return nil, err
		}
		b, err := open(ctx)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.exclude()
		return lockedBus{b, l}, nil
	}
}

// Device numbers of the slaves of pseudo-terminals (Linux, devices.txt).
const firstPty, lastPty = 136, 143

// exclude keeps programs that know no locks from a serial device, too, but for root's. A
// pseudo-terminal would stay closed after a crash: it outlives who uses it.
func (l *lock) exclude() {
	if l == nil {
		return
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(l.file.Fd()), &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFCHR {
		return
	}
	if major := unix.Major(stat.Rdev); major < firstPty || major > lastPty {
		_ = unix.IoctlSetInt(int(l.file.Fd()), unix.TIOCEXCL, 0) // no terminal, as spidev: the lock must do
	}
}
