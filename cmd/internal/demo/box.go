package demo

import (
	"context"
	"log/slog"
	"strings"

	"hexspot/cmd/internal/hotspot"
	"hexspot/gateway/mqtt"
	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/keys"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// realBox is a hotspot with the code of hexspot run.
type realBox struct {
	*hotspot.Hotspot
	name string
}

// Ready waits until the chip receives.
func (b realBox) Ready(ctx context.Context) error {
	_, err := b.Hotspot.Ready(ctx)
	return err
}

// Counts are those of the hotspot.
func (b realBox) Counts() counts { return counts(b.Counters()) }

// Name is three words that stand for the station's key.
func (b realBox) Name() string { return b.name }

// boxes makes hotspots with a key of their own that drive a chip in process and
// forward to one network.
type boxes struct {
	plan    radio.Plan
	output  mqtt.Config
	antenna hotspot.Antenna
	equip   func(*hotspot.Parts, radio.EUI) // may be nil; gives a hotspot more than that
	log     *slog.Logger
}

func (b boxes) make(chip *emulator.Chip) (box, error) {
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		return nil, err
	}
	board, err := hardware.BoardNamed(hotspot.DefaultBoard)
	if err != nil {
		return nil, err
	}
	config := hotspot.ChipConfig(board, b.plan)
	if config.Firmware, err = syntheticFirmware(); err != nil {
		return nil, err
	}
	parts := hotspot.Parts{
		Open:    func(context.Context) (hardware.Bus, error) { return chip.Bus(), nil },
		Chip:    config,
		Key:     key,
		Outputs: []mqtt.Config{b.output},
		Antenna: b.antenna,
		Log:     b.log.With("hotspot", chip.EUI()),
	}
	if b.equip != nil {
		b.equip(&parts, chip.EUI())
	}
	h, err := hotspot.New(parts)
	words := parts.Key.Station().Words()
	return realBox{h, strings.Join(words[:], " ")}, err
}

// syntheticFirmware is what an emulated chip runs: it only has to be well formed.
func syntheticFirmware() (sx1302.Firmware, error) {
	agc, err := sx1302.ParseFirmware(sx1302.SyntheticImage(1))
	if err != nil {
		return sx1302.Firmware{}, err
	}
	arb, err := sx1302.ParseFirmware(sx1302.SyntheticImage(2))
	return sx1302.Firmware{AGC: agc, ARB: arb}, err
}
