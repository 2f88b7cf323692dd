package hotspot

import (
	"context"
	"fmt"
	"log/slog"

	"hexspot/hardware"
	"hexspot/hardware/corecell"
	"hexspot/hardware/spi"
)

// Opener opens the bus that a configuration names, "usb:..." or "spi:...", for one process at a
// time: ErrInUse.
func Opener(bus string, board hardware.Board, log *slog.Logger) (hardware.Opener, error) {
	kind, path, err := hardware.ParseBus(bus)
	if err != nil {
		return nil, err
	}
	switch kind {
	case hardware.USB:
		return exclusive(bus, func(ctx context.Context) (hardware.Bus, error) {
			return opened(corecell.Open(ctx, path, log))
		}), nil
	case hardware.SPI:
		return exclusive(bus, func(context.Context) (hardware.Bus, error) {
			return opened(spi.Open(spi.Config{Device: path, Pins: board.Pins}))
		}), nil
	}
	return nil, fmt.Errorf("bus %q: no such kind", bus)
}

// opened keeps a nil pointer from becoming a bus that is not nil.
func opened[B hardware.Bus](bus B, err error) (hardware.Bus, error) {
	if err != nil {
		return nil, err
	}
	return bus, nil
}
