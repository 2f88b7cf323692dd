package sx1302_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// other is a plan for channels 867.1, 867.3 and 867.5 MHz.
func other(t *testing.T) radio.Plan {
	t.Helper()
	var channels []radio.Channel
	for _, f := range []radio.Hertz{867_100 * radio.KHz, 867_300 * radio.KHz, 867_500 * radio.KHz} {
		channels = append(channels, radio.Channel{Frequency: f, Bandwidth: 125 * radio.KHz, SFs: []radio.SpreadingFactor{7}})
	}
	p, err := plan(t, "EU868").WithChannels(channels)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func frameAt(f radio.Hertz, payload string) emulator.Frame {
	return emulator.Frame{Payload: []byte(payload), Frequency: f, Modulation: lora(9), RSSI: -10000, SNR: 500, CRC: radio.CRCOK}
}

func TestConfigure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{EUI: radio.EUI{7: 9}, Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		before := r.mustHear("before") // at 868.1 MHz
		if err := r.c.Configure(r.ctx, other(t)); err != nil {
			t.Fatal(err)
		}
		if err := r.chip.TryInject(frameAt(868_100*radio.KHz, "deaf")); err == nil {
			t.Error("a channel that was taken away hears")
		}
		if err := r.chip.TryInject(frameAt(867_300*radio.KHz, "after")); err != nil {
			t.Fatal(err)
		}
		after := r.receive()
		if string(after.PHYPayload) != "after" || after.Frequency != 867_300*radio.KHz || after.Channel != 1 {
			t.Errorf("%+v", after)
		}
		if before.Timestamp.Session == after.Timestamp.Session {
			t.Error("the session has not changed")
		}
		s := r.c.Status()
		if err := r.c.Configure(r.ctx, other(t)); err != nil || r.c.Status().Starts != 2 || s.Stalls+s.Failed != 0 || r.warnings() != 0 {
			t.Errorf("the same plan again: %v, status %+v, log %s", err, r.c.Status(), r.log)
		}
	})
}

func TestConfigureRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		uncalibrated, unreachable := plan(t, "EU868"), plan(t, "EU868")
		uncalibrated.Radios[0] = 2_400 * radio.MHz
		unreachable.MultiSF = []radio.Hertz{860 * radio.MHz}
		for want, p := range map[string]radio.Plan{"calibrated": uncalibrated, "out of reach": unreachable, "channel plan": {}} {
			if err := r.c.Configure(r.ctx, p); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
		r.mustHear("still") // at 868.1 MHz
		if n := r.c.Status().Starts; n != 1 {
			t.Errorf("%d starts", n)
		}
	})
}

// TestConfigureAway: the chip is away when other channels are asked for, and has them
// when it comes.
func TestConfigureAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.broken = 3
		r.run()
		defer func() { r.stop() }()
		short, cancel := context.WithTimeout(r.ctx, 10*time.Millisecond)
		defer cancel()
		if err := r.c.Configure(short, other(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), string(sx1302.StateWaiting)) {
			t.Errorf("error %v", err)
		}
		r.ready()
		if err := r.chip.TryInject(frameAt(867_500*radio.KHz, "new")); err != nil {
			t.Error(err)
		}
		if err := r.c.Configure(r.ctx, other(t)); err != nil || r.c.Status().Starts != 1 {
			t.Errorf("%v, %d starts", err, r.c.Status().Starts)
		}
	})
}

// TestConfigureTwice: of two plans the later is had, and the earlier is told so.
func TestConfigureTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.broken = 1 << 30
		r.run()
		defer func() { r.stop() }()
		first := make(chan error, 1)
		go func() { first <- r.c.Configure(r.ctx, other(t)) }()
		synctest.Wait()
		short, cancel := context.WithTimeout(r.ctx, time.Second)
		defer cancel()
		_ = r.c.Configure(short, plan(t, "KR920")) // cannot be had either: there is no bus
		if err := <-first; err == nil || !strings.Contains(err.Error(), "others were asked for") {
			t.Errorf("the first ends with %v", err)
		}
	})
}
