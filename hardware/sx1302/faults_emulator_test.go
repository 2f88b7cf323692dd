package sx1302_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
)

// Faults of a chip that never comes to reception: each has its error, which tells
// what to do.
func TestStartFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		chip   emulator.Config
		faults emulator.Faults
		config sx1302.Config
		want   error
		text   string
	}{
		{
			name: "no chip", faults: emulator.Faults{VersionZero: true},
			want: &sx1302.NoChipError{Bus: "emulator:0000000000000000", Version: 0},
			text: "the reset pin",
		},
		{
			name: "AGC never starts", faults: emulator.Faults{AGCStuck: 1},
			want: &sx1302.TimeoutError{MCU: "AGC", Step: "start", Want: 1, Last: 0},
			text: `at step "start"`,
		},
		{
			name: "AGC stuck half-way", faults: emulator.Faults{AGCStuck: 7},
			want: &sx1302.TimeoutError{MCU: "AGC", Step: "decimator thresholds", Want: 7, Last: 6},
			text: `at step "decimator thresholds"`,
		},
		{
			name: "ARB never starts", faults: emulator.Faults{ARBStuck: true},
			want: &sx1302.TimeoutError{MCU: "ARB", Step: "start", Want: 1, Last: 0},
			text: "ARB does not answer",
		},
		{
			name: "firmware for SX1257 radios", faults: emulator.Faults{AGCVersion: 6},
			want: &sx1302.VersionError{MCU: "AGC", Got: 6, Want: 10},
			text: "AGC firmware has version 6, want 10",
		},
		{
			name: "other ARB firmware", faults: emulator.Faults{ARBVersion: 1},
			want: &sx1302.VersionError{MCU: "ARB", Got: 1, Want: 2},
			text: "ARB firmware has version 1, want 2",
		},
		{
			name: "program memory", faults: emulator.Faults{Readback: true},
			want: &sx1302.ReadBackError{MCU: "AGC", Address: 4096, Got: image(t, 1).Bytes()[4096] ^ 1, Want: image(t, 1).Bytes()[4096]},
			text: "power or its SPI lines",
		},
		{
			name: "fine timestamps on an SX1302", config: sx1302.Config{FineTimestamp: true},
			text: "need an SX1303",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chip := strictChip(t, c.chip)
				chip.SetFaults(c.faults)
				c.config.Plan, c.config.Firmware = plan(t, "EU868"), firmware(t)
				began := time.Now()
				_, err := sx1302.Identify(t.Context(), chip.Bus(), c.config)
				if err == nil || !strings.Contains(err.Error(), c.text) {
					t.Errorf("error %v, want %q in it", err, c.text)
				}
				if c.want != nil && !holds(err, c.want) {
					t.Errorf("error %v, want %#v", err, c.want)
				}
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// holds says whether an error equal to want is in err's chain.
func holds(err, want error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if cmp.Equal(err, want) {
			return true
		}
	}
	return false
}

// Faults of a running chip: each ends in another start with a new session, and
// frames are heard again.
func TestStalls(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults emulator.Faults
		text   string
	}{
		{"status 14", emulator.Faults{Stall: true}, "AGC status 14"},
		{"parity", emulator.Faults{Stall: true}, "the AGC found a parity error in its program, the ARB found a parity error in its program"},
		{"counter", emulator.Faults{CounterStopped: true}, "the counter stands still"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, emulator.Config{Temperature: 25}, nil)
				r.run()
				defer func() { r.stop() }()
				r.ready()
				before := r.mustHear("before")
				r.chip.SetFaults(c.faults)
				time.Sleep(25 * time.Second)
				after := r.mustHear("after")
				if after.Timestamp.Session == before.Timestamp.Session {
					t.Error("the same session")
				}
				s := r.c.Status()
				if s.Starts != 2 || s.Stalls != 1 || s.Failed != 0 || !strings.Contains(s.LastError, c.text) {
					t.Errorf("%+v, want %q", s, c.text)
				}
				if r.warnings() != 1 || r.opened != 1 {
					t.Errorf("%d buses opened, log:\n%s", r.opened, r.log)
				}
			})
		})
	}
}

// Frames that waited in the chip for longer than its counter can tell get no time
// of the old session, by which an old one would look fresh.
func TestUplinksNobodyTakesBeginANewSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		const many = 100 // too many for the driver to go on fetching
		for range many {
			r.inject("waits")
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(3 * time.Minute)
		before := r.receive()
		taken := 1
		for ; taken < many && r.c.Status().Stalls == 0; taken++ {
			if u := r.receive(); u.Timestamp.Session != before.Timestamp.Session {
				t.Fatalf("%v in another session than %v", u.Timestamp, before.Timestamp)
			}
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		s := r.c.Status()
		if s.Starts != 2 || s.Stalls != 1 || s.Failed != 0 || !strings.Contains(s.LastError, "nobody read it for 3m") {
			t.Fatalf("after %d: %+v", taken, s)
		}
		r.inject("after")
		for u := r.receive(); string(u.PHYPayload) != "after"; u = r.receive() {
			if u.Timestamp.Session != before.Timestamp.Session {
				t.Errorf("%v: a frame that waited is of the new session", u.Timestamp)
			}
		}
	})
}

func TestUnplugAndReplug(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		r.mustHear("before")
		r.chip.Unplug()
		time.Sleep(time.Minute)
		s := r.c.Status()
		if s.State != sx1302.StateWaiting || s.Starts != 1 || s.Failed < 7 || s.Failed > 12 || !strings.Contains(s.LastError, hardware.ErrGone.Error()) {
			t.Errorf("%+v", s)
		}
		r.chip.Replug()
		time.Sleep(15 * time.Second)
		r.mustHear("after")
		if s := r.c.Status(); s.State != sx1302.StateRunning || s.Starts != 2 || s.Stalls != 0 {
			t.Errorf("%+v", s)
		}
		if r.warnings() > 2 { // while receiving, while opening
			t.Errorf("not logged once:\n%s", r.log)
		}
	})
}

// Errors that will not go away are retried too, because somebody may mend them.
func TestWrongFirmwareIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.chip.SetFaults(emulator.Faults{AGCVersion: 4})
		r.broken = 1
		r.run()
		defer func() { r.stop() }()
		time.Sleep(20 * time.Second)
		if s := r.c.Status(); s.Starts != 0 || !strings.Contains(s.LastError, "version 4, want 10") {
			t.Errorf("%+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.c.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ready: %v", err)
		}
		r.chip.SetFaults(emulator.Faults{})
		r.ready()
		if r.warnings() != 2 {
			t.Errorf("one line for each of two errors:\n%s", r.log)
		}
	})
}

// When nobody takes uplinks they fill the queue, then the chip; nothing that got
// into the chip is lost, and the chip is still looked after.
func TestBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.run()
		defer func() { r.stop() }()
		r.ready()
		const frames = 400
		injected := make(chan struct{})
		go func() {
			defer close(injected)
			for i := range frames {
				r.inject(fmt.Sprintf("%03d %s", i, strings.Repeat("x", 80)))
			}
		}()
		time.Sleep(time.Minute)
		if s := r.c.Status(); s.Uplinks >= frames || s.State != sx1302.StateRunning {
			t.Errorf("%d uplinks taken out of the chip, %s", s.Uplinks, s.State)
		}
		for i := range frames {
			if got := string(r.receive().PHYPayload); !strings.HasPrefix(got, fmt.Sprintf("%03d x", i)) {
				t.Fatalf("uplink %d is %.8q: %+v", i, got, r.c.Status())
			}
		}
		if s := r.c.Status(); s.Uplinks != frames || s.Starts != 1 || s.FIFO.DroppedBytes() != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestFIFOFaultsAreCounted(t *testing.T) {
	for name, faults := range map[string]emulator.Faults{
		"checksum": {FIFOChecksum: true}, "garbage": {FIFOGarbage: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, emulator.Config{Temperature: 25}, nil)
				r.run()
				defer func() { r.stop() }()
				r.ready()
				r.chip.SetFaults(faults)
				r.inject("damaged or late")
				r.chip.SetFaults(emulator.Faults{})
				r.inject("good")
				for string(r.receive().PHYPayload) != "good" {
				}
				if s := r.c.Status(); s.CorruptBatches != 1 || s.FIFO.DroppedBytes() == 0 || s.Starts != 1 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// Ending Run ends transmissions, frees the bus, and is quick.
func TestStopAbortsTransmissions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.run()
		r.ready()
		// Behind the driver's back: a carrier on both chains, which lasts until aborted.
		for _, base := range []uint16{0x5200, 0x5400} {
			for _, op := range []hardware.Op{
				{Address: base + 0x20, Mask: 0x03, Value: 0}, {Address: base, Mask: 0x01, Value: 0x01},
			} {
				if err := r.chip.Bus().Do(t.Context(), op); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(time.Second)
		began := time.Now()
		r.stop()
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		for range 2 {
			if sent, err := r.chip.Sent(t.Context()); err != nil || !sent.Aborted {
				t.Errorf("%+v, %v", sent, err)
			}
		}
		if s := r.c.Status(); s.State != sx1302.StateStopped {
			t.Errorf("%+v", s)
		}
	})
}

// A board without a sensor is a warning, once.
func TestNoThermometer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{}, nil)
		r.cold = true
		r.run()
		defer func() { r.stop() }()
		r.ready()
		u := r.mustHear("frame")
		time.Sleep(time.Minute)
		if r.warnings() != 1 || !strings.Contains(r.log.String(), "25 °C") {
			t.Errorf("log:\n%s", r.log)
		}
		// -100 dBm are 115 steps above -215.4 dBm on a board at 0 °C; taken for 25 °C
		// they are (20.41·25² + 2162.56·25)/65536 = 1.02 dB more.
		if u.RSSI != -9938 {
			t.Errorf("%v", u.RSSI)
		}
	})
}

// coldBus is a bus without a thermometer.
type coldBus struct{ hardware.Bus }
