package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// chipLimit bounds the look at a chip, which takes about two seconds.
const chipLimit = 20 * time.Second

func showChip(ctx context.Context, args []string, std streams) error {
	set := flags("chip", "Resets the concentrator on a bus and says what it is. With firmware its microcontrollers are started too.",
		"hexspot chip --bus usb:/dev/ttyACM0\nhexspot chip --bus spi:/dev/spidev0.0 --board rak5146 --firmware /var/lib/hexspot/firmware", std)
	bus := set.String("bus", "", "`BUS` of the concentrator, usb:/dev/ttyACM0 or spi:/dev/spidev0.0")
	boardName := set.String("board", hotspot.DefaultBoard, "`BOARD`, which tells the reset pins on SPI")
	firmware := set.String("firmware", "", "`DIR` with the images of 'hexspot firmware import'; else "+hotspot.DefaultFirmware+", if there are any")
	region := set.String("region", "EU868", "channel `PLAN` to set the radios to; nothing is sent")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	if *bus == "" {
		return fmt.Errorf("%w: --bus is missing, for example --bus usb:/dev/ttyACM0", errUsage)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, chipLimit, fmt.Errorf("the concentrator takes longer than %v", chipLimit))
	defer cancel()
	found, err := identify(ctx, *bus, *boardName, *region, *firmware, slog.New(slog.NewTextHandler(std.err, nil)))
	if err != nil {
		return err
	}
	return found.write(std.out)
}

// card is a concentrator card: its chip, and the bridge in front of it, if any.
type card struct {
	sx1302.Info
	bridge string // version of its firmware
}

func identify(ctx context.Context, bus, boardName, region, firmware string, log *slog.Logger) (found card, err error) {
	board, err := hardware.BoardNamed(boardName)
	if err != nil {
		return found, err
	}
	plan, err := radio.PlanNamed(region)
	if err != nil {
		return found, err
	}
	config := hotspot.ChipConfig(board, plan)
	if config.Firmware, err = firmwareFor(firmware); err != nil {
		return found, err
	}
	open, err := hotspot.Opener(bus, board, log)
	if err != nil {
		return found, err
	}
	device, err := open(ctx)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	if bridge, ok := device.(interface{ Version() string }); ok {
		found.bridge = bridge.Version()
	}
	found.Info, err = sx1302.Identify(ctx, device, config)
	return found, err
}

// firmwareFor loads the images of a directory, or those of the usual place if none is
// named and there are any.
func firmwareFor(dir string) (sx1302.Firmware, error) {
	if dir != "" {
		return hotspot.LoadFirmware(dir)
	}
	images, err := hotspot.LoadFirmware(hotspot.DefaultFirmware)
	if errors.Is(err, fs.ErrNotExist) {
		return sx1302.Firmware{}, nil
	}
	return images, err
}

func (c card) write(w io.Writer) error {
	rows := []struct{ name, value string }{
		{"bus", c.Bus},
		{"bridge", c.bridge},
		{"EUI", c.EUI.String()},
		{"model", c.Model.String()},
		{"version", fmt.Sprintf("0x%02x", c.Version)},
		{"firmware", c.firmware()},
		{"temperature", c.temperature()},
	}
	for _, r := range rows {
		if r.value == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-11s  %s\n", r.name, r.value); err != nil {
			return err
		}
	}
	return nil
}

func (c card) firmware() string {
	if c.AGCVersion == 0 {
		return "not started (no --firmware)"
	}
	return fmt.Sprintf("AGC %d, ARB %d", c.AGCVersion, c.ARBVersion)
}

func (c card) temperature() string {
	if !c.HasTemperature {
		return "not known (no sensor)"
	}
	return fmt.Sprintf("%.1f °C", c.Temperature)
}
