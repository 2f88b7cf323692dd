package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	set := flags("chip", "Resets the concentrator on a bus and says what it is. With --firmware its microcontrollers are started too.",
		"hexspot chip --bus usb:/dev/ttyACM0\nhexspot chip --bus spi:/dev/spidev0.0 --board rak5146 --firmware /var/lib/hexspot/firmware", std)
	bus := set.String("bus", "", "`BUS` of the concentrator, usb:/dev/ttyACM0 or spi:/dev/spidev0.0")
	boardName := set.String("board", hotspot.DefaultBoard, "`BOARD`, which tells the reset pins on SPI")
	firmware := set.String("firmware", "", "`DIR` with the images of 'hexspot firmware import'")
	region := set.String("region", "EU868", "channel `PLAN` to set the radios to; nothing is sent")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	if *bus == "" {
		return fmt.Errorf("%w: --bus is missing, for example --bus usb:/dev/ttyACM0", errUsage)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, chipLimit, fmt.Errorf("the concentrator takes longer than %v", chipLimit))
	defer cancel()
	info, err := identify(ctx, *bus, *boardName, *region, *firmware, slog.New(slog.NewTextHandler(std.err, nil)))
	if err != nil {
		return err
	}
	return writeInfo(std.out, info)
}

func identify(ctx context.Context, bus, boardName, region, firmware string, log *slog.Logger) (info sx1302.Info, err error) {
	board, err := hardware.BoardNamed(boardName)
	if err != nil {
		return info, err
	}
	plan, err := radio.PlanNamed(region)
	if err != nil {
		return info, err
	}
	config := hotspot.ChipConfig(board, plan)
	if firmware != "" {
		if config.Firmware, err = hotspot.LoadFirmware(firmware); err != nil {
			return info, err
		}
	}
	open, err := hotspot.Opener(bus, board, log)
	if err != nil {
		return info, err
	}
	device, err := open(ctx)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	return sx1302.Identify(ctx, device, config)
}

func writeInfo(w io.Writer, i sx1302.Info) error {
	temperature := "not known (no sensor)"
	if i.HasTemperature {
		temperature = fmt.Sprintf("%.1f °C", i.Temperature)
	}
	_, err := fmt.Fprintf(w, "bus          %s\nEUI          %s\nmodel        %s\nversion      0x%02x\nfirmware     %s\ntemperature  %s\n",
		i.Bus, i.EUI, i.Model, i.Version, firmwareVersions(i), temperature)
	return err
}

func firmwareVersions(i sx1302.Info) string {
	if i.AGCVersion == 0 {
		return "not started (no --firmware)"
	}
	return fmt.Sprintf("AGC %d, ARB %d", i.AGCVersion, i.ARBVersion)
}
