package emulator_test

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

func firmware(t *testing.T) sx1302.Firmware {
	t.Helper()
	var images [2]sx1302.Image
	for i := range images {
		image, err := sx1302.ParseFirmware(sx1302.SyntheticImage(uint64(i + 1)))
		if err != nil {
			t.Fatal(err)
		}
		images[i] = image
	}
	return sx1302.Firmware{AGC: images[0], ARB: images[1]}
}

// framesOf has one frame for each channel of a plan.
func framesOf(plan radio.Plan) []emulator.Frame {
	frame := func(n int, hertz radio.Hertz, m radio.Modulation) emulator.Frame {
		return emulator.Frame{Payload: []byte{0x40, byte(n), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
			Frequency: hertz, Modulation: m, RSSI: radio.DBm(-12000 + 700*n), SNR: radio.DB(-1500 + 275*n), CRC: radio.CRCOK}
	}
	var all []emulator.Frame
	for i, hertz := range plan.MultiSF {
		sf := radio.SpreadingFactor(5 + i%8)
		all = append(all, frame(i, hertz, radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}))
	}
	if s := plan.Service; s != nil {
		all = append(all, frame(8, s.Frequency, radio.LoRa{SF: s.SF, Bandwidth: s.Bandwidth, CodeRate: radio.CodeRate4_7}))
	}
	if f := plan.FSK; f != nil {
		all = append(all, frame(9, f.Frequency, radio.FSK{BitRate: f.BitRate}))
	}
	return all
}

// The real driver starts a strict chip for every plan and reads from each
// channel what was put in, with the time at which the frame ended.
func TestDriverReadsEveryChannel(t *testing.T) {
	for _, plan := range radio.Plans() {
		for _, fine := range []bool{false, true} {
			name := plan.Name
			if fine {
				name += " fine"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { readEveryChannel(t, plan, fine) })
			})
		}
	}
}

func readEveryChannel(t *testing.T, plan radio.Plan, fine bool) {
	chip, err := emulator.New(emulator.Config{Model: emulator.SX1303, Temperature: 31, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	driver, err := sx1302.New(
		func(context.Context) (hardware.Bus, error) { return chip.Bus(), nil },
		sx1302.Config{Plan: plan, Firmware: firmware(t), FineTimestamp: fine}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- driver.Run(ctx) }()
	if _, err := driver.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	for _, f := range framesOf(plan) {
		hear(t, chip, driver, f)
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, v := range chip.Violations() {
		t.Error("violation:", v)
	}
}

func hear(t *testing.T, chip *emulator.Chip, driver *sx1302.Concentrator, f emulator.Frame) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	time.Sleep(1234 * time.Millisecond)
	if err := chip.Inject(ctx, f); err != nil {
		t.Fatal(err)
	}
	end := chip.Counter()
	u, err := driver.Receive(ctx)
	if err != nil {
		t.Fatalf("%v %v: %v", f.Frequency, f.Modulation, err)
	}
	if !slices.Equal(u.PHYPayload, f.Payload) || u.CRC != f.CRC || u.Modulation.String() != f.Modulation.String() {
		t.Errorf("%v %v: read %v, CRC %v, % x", f.Frequency, f.Modulation, u.Modulation, u.CRC, u.PHYPayload)
	}
	if u.Frequency != f.Frequency {
		t.Errorf("%v: read at %v", f.Frequency, u.Frequency)
	}
	_, isLoRa := f.Modulation.(radio.LoRa)
	if off := math.Abs((u.RSSI - f.RSSI).Float()); off > 1 {
		t.Errorf("%v: RSSI %v, was %v", f.Modulation, u.RSSI, f.RSSI)
	}
	if off := math.Abs((u.SNR - f.SNR).Float()); isLoRa && off > 0.125 {
		t.Errorf("%v: SNR %v, was %v", f.Modulation, u.SNR, f.SNR)
	}
	// The session decides on how many turns of the counter it begins with.
	const turn = 1 << 27
	if off := (u.Timestamp.Micros - end + turn/2) % turn; off < turn/2-1 || off > turn/2+1 {
		t.Errorf("%v: ended %d µs off", f.Modulation, int64(off)-turn/2)
	}
}
