package sx1302_test

import (
	"testing"
	"testing/synctest"

	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

func image(t testing.TB, seed uint64) sx1302.Image {
	t.Helper()
	i, err := sx1302.ParseFirmware(sx1302.SyntheticImage(seed))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func firmware(t testing.TB) sx1302.Firmware {
	t.Helper()
	return sx1302.Firmware{AGC: image(t, 1), ARB: image(t, 2)}
}

func strictChip(t testing.TB, config emulator.Config) *emulator.Chip {
	t.Helper()
	config.Strict = true
	chip, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return chip
}

// Every plan starts on a chip that refuses what no correct driver does.
func TestEveryPlanStarts(t *testing.T) {
	for _, plan := range radio.Plans() {
		t.Run(plan.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				eui := radio.EUI{0, 1, 2, 3, 4, 5, 6, 7}
				chip := strictChip(t, emulator.Config{EUI: eui, Temperature: 21.5})
				got, err := sx1302.Identify(t.Context(), chip.Bus(), sx1302.Config{Plan: plan, Firmware: firmware(t)})
				if err != nil {
					t.Fatal(err)
				}
				want := sx1302.Info{
					Bus: "emulator:0001020304050607", EUI: eui, Model: sx1302.SX1302, Version: 0x10,
					AGCVersion: 10, ARBVersion: 2, Temperature: 21.5, HasTemperature: true,
				}
				if got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
				if v := chip.Violations(); len(v) > 0 {
					t.Errorf("violations: %v", v)
				}
			})
		})
	}
}
