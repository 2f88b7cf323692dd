package sx1302_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// rig is a concentrator at work on an emulated chip, in fake time.
type rig struct {
	t              *testing.T
	chip           *emulator.Chip
	c              *sx1302.Concentrator
	log            *bytes.Buffer
	ctx            context.Context // of the test, not of Run
	stop           func()          // ends Run and waits for it
	opened, broken int             // buses opened; the next so many fail to
	cold           bool            // buses have no thermometer
	wrap           func(hardware.Bus) hardware.Bus
}

func plan(t testing.TB, name string) radio.Plan {
	t.Helper()
	p, err := radio.PlanNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newRig(t *testing.T, config emulator.Config, change func(*sx1302.Config)) *rig {
	t.Helper()
	r := &rig{t: t, chip: strictChip(t, config), log: new(bytes.Buffer), ctx: t.Context()}
	driver := sx1302.Config{Plan: plan(t, "EU868"), Firmware: firmware(t), Now: time.Now}
	if change != nil {
		change(&driver)
	}
	open := func(context.Context) (hardware.Bus, error) {
		r.opened++
		if r.broken > 0 {
			r.broken--
			return nil, errors.New("no such device")
		}
		if r.cold {
			return coldBus{r.chip.Bus()}, nil
		}
		if r.wrap != nil {
			return r.wrap(r.chip.Bus()), nil
		}
		return r.chip.Bus(), nil
	}
	c, err := sx1302.New(open, driver, slog.New(slog.NewTextHandler(r.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	r.c = c
	return r
}

// run starts Run.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.c.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("Run: %v", err)
		}
	}
}

func (r *rig) ready() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 30*time.Second)
	defer cancel()
	if _, err := r.c.Ready(ctx); err != nil {
		r.t.Fatalf("not ready: %+v", r.c.Status())
	}
}

func lora(sf radio.SpreadingFactor) radio.LoRa {
	return radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}

func (r *rig) inject(payload string) {
	r.t.Helper()
	err := r.chip.Inject(r.ctx, emulator.Frame{
		Payload: []byte(payload), Frequency: 868_100 * radio.KHz, Modulation: lora(7),
		RSSI: -10000, SNR: 500, CRC: radio.CRCOK,
	})
	if err != nil {
		r.t.Fatalf("injecting %q: %v", payload, err)
	}
}

func (r *rig) receive() radio.Uplink {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	u, err := r.c.Receive(ctx)
	if err != nil {
		r.t.Fatalf("nothing received: %+v", r.c.Status())
	}
	return u
}

func (r *rig) mustHear(payload string) radio.Uplink {
	r.t.Helper()
	r.inject(payload)
	u := r.receive()
	if string(u.PHYPayload) != payload {
		r.t.Errorf("heard %q, want %q", u.PHYPayload, payload)
	}
	return u
}

func (r *rig) warnings() int { return strings.Count(r.log.String(), "level=WARN") }

func TestConcentratorReceives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{EUI: radio.EUI{7: 9}, Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		u := r.mustHear("first")
		if u.Gateway != (radio.EUI{7: 9}) || u.Frequency != 868_100*radio.KHz || u.RSSI.Whole() != -100 || u.Timestamp.IsZero() {
			t.Errorf("%+v", u)
		}
		time.Sleep(5 * time.Minute) // over turns of the counter, with looks at the chip
		later := r.mustHear("second")
		if apart, ok := later.Timestamp.Sub(u.Timestamp); !ok || (apart-5*time.Minute).Abs() > time.Second {
			t.Errorf("%v apart, %v", apart, ok)
		}
		s := r.c.Status()
		if s.State != sx1302.StateRunning || s.Starts != 1 || s.Stalls+s.Failed != 0 || s.Uplinks != 2 || !s.Pulse {
			t.Errorf("%+v", s)
		}
		if r.warnings() != 0 || strings.Count(r.log.String(), "\n") != 1 {
			t.Errorf("not quiet:\n%s", r.log)
		}
		if v := r.chip.Violations(); len(v) > 0 {
			t.Errorf("violations: %v", v)
		}
	})
}
