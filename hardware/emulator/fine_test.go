package emulator_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// listening runs the driver on a chip with a GPS receiver, in fine timestamp mode.
func listening(t *testing.T, chip *emulator.Chip) *sx1302.Concentrator {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	driver, err := sx1302.New(
		func(context.Context) (hardware.Bus, error) { return chip.Bus(), nil },
		sx1302.Config{Plan: plan, Firmware: firmware(t), FineTimestamp: true, Now: time.Now}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- driver.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if _, err := driver.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	return driver
}

// receive lets the chip hear a frame that ended a while ago, and gives what the driver
// makes of it.
func receive(t *testing.T, chip *emulator.Chip, driver *sx1302.Concentrator, f emulator.Frame, ago time.Duration) radio.Uplink {
	t.Helper()
	f.End = time.Now().Add(-ago)
	if err := chip.TryInject(f); err != nil {
		t.Fatal(err)
	}
	u, err := driver.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestFineTimes: with a GPS receiver an SX1303 tells to the nanosecond when a frame has
// ended, on every channel, at every rate and with a transmitter that is off; without
// one, or with too few pulses, it does not.
func TestFineTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip, err := emulator.New(emulator.Config{Model: emulator.SX1303, Temperature: 25, CounterStart: 100 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		driver := listening(t, chip)
		frame := func(hertz radio.Hertz, sf radio.SpreadingFactor) emulator.Frame {
			return emulator.Frame{Payload: make([]byte, 24), Frequency: hertz, RSSI: -9000, SNR: 500, CRC: radio.CRCOK,
				Modulation: radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}}
		}
		time.Sleep(10 * time.Second)
		if u := receive(t, chip, driver, frame(868_100_000, 9), 0); u.Fine.Known || !u.Fine.Set {
			t.Errorf("after ten pulses: %+v", u.Fine)
		}
		time.Sleep(20 * time.Second)
		at := time.Duration(0)
		for _, hertz := range []radio.Hertz{867_100_000, 867_500_000, 867_700_000, 868_300_000, 868_500_000} {
			for sf := radio.SpreadingFactor(5); sf <= 12; sf++ {
				for _, off := range []radio.Hertz{0, 3_700, -6_000} {
					time.Sleep(1_234 * time.Millisecond)
					at += 7_919 * time.Nanosecond
					f := frame(hertz+off, sf)
					f.End = time.Now().Add(-at)
					u := receive(t, chip, driver, f, at)
					if d := u.Fine.GPS - radio.GPSTime(f.End); !u.Fine.Known || d.Abs() > 4*time.Nanosecond {
						t.Errorf("%v %v by %v: the frame's end is %v off, %v", hertz, u.Modulation, off, d, u.Fine.Known)
					}
				}
			}
		}
		chip.SetFaults(emulator.Faults{NoPPS: true})
		time.Sleep(5 * time.Second)
		if u := receive(t, chip, driver, frame(868_100_000, 9), 0); u.Fine.Known {
			t.Errorf("without pulses: %v", u.Fine.GPS)
		}
	})
}

// TestFineTimesOfTwo: two chips whose counters have nothing in common agree on when a
// frame ended.
func TestFineTimesOfTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var chips []*emulator.Chip
		var drivers []*sx1302.Concentrator
		for i := range 2 {
			chip, err := emulator.New(emulator.Config{EUI: radio.EUI{byte(i)}, Model: emulator.SX1303, Temperature: 25, CounterStart: time.Duration(1+50*i) * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			chips, drivers = append(chips, chip), append(drivers, listening(t, chip))
			time.Sleep(1_234_567 * time.Microsecond)
		}
		time.Sleep(30 * time.Second)
		f := emulator.Frame{Payload: []byte("of one frame"), Frequency: 868_300_000, RSSI: -9000, SNR: 500, CRC: radio.CRCOK,
			Modulation: radio.LoRa{SF: 10, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}}
		var fine []radio.FineTime
		began := time.Now()
		for i, chip := range chips {
			fine = append(fine, receive(t, chip, drivers[i], f, time.Since(began)+123_456_789*time.Nanosecond).Fine)
		}
		if d := (fine[0].GPS - fine[1].GPS).Abs(); !fine[0].Known || !fine[1].Known || d > 2*time.Nanosecond || fine[0].Counter == fine[1].Counter {
			t.Errorf("%v apart: %+v", d, fine)
		}
	})
}
