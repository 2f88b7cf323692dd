package hotspot

import (
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// ChipConfig is what the driver must know of a board on a channel plan.
func ChipConfig(board hardware.Board, plan radio.Plan) sx1302.Config {
	t := board.Temperature
	return sx1302.Config{
		Plan: plan,
		Board: sx1302.Board{
			ClockRadio:  board.ClockRadio,
			SingleInput: board.SingleInput,
			RSSIOffset:  [2]float64{board.RSSIOffset(plan.Radios[0]), board.RSSIOffset(plan.Radios[1])},
			RSSICurve:   &sx1302.RSSICurve{t.A, t.B, t.C, t.D, t.E},
			Gain:        board.Gain,
		},
		Now: trustedNow,
	}
}

// firstTrusted is before this program was written: a host whose clock says less
// has no clock of its own and has not been told the time yet.
var firstTrusted = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// trustedNow is the host's clock, zero while it cannot be right.
func trustedNow() time.Time {
	now := time.Now()
	if now.Before(firstTrusted) {
		return time.Time{}
	}
	return now
}

// chip makes the driver's configuration from the file's.
func (c Config) chip() (sx1302.Config, hardware.Board, error) {
	board, err := hardware.BoardNamed(c.Concentrator.Board)
	if err != nil {
		return sx1302.Config{}, board, err
	}
	plan, err := c.plan()
	if err != nil {
		return sx1302.Config{}, board, err
	}
	config := ChipConfig(board, plan)
	config.Private = c.Concentrator.Public != nil && !*c.Concentrator.Public
	config.FineTimestamp = c.Concentrator.FineTimestamp
	if config.Firmware, err = LoadFirmware(c.Concentrator.Firmware); err != nil {
		return sx1302.Config{}, board, fmt.Errorf("loading the concentrator's firmware: %w", err)
	}
	return config, board, nil
}
