package hotspot

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hexspot/gateway"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// A concentrator is a transmit chain of a gateway.
var _ gateway.Sender = (*sx1302.Concentrator)(nil)

// transmitter is a driver at work on a chip behind a pseudo-terminal.
type transmitter struct {
	*sx1302.Concentrator
	t    *testing.T
	chip *emulator.Chip
	pull func()
	ctx  context.Context
}

func newTransmitter(t *testing.T) *transmitter {
	t.Helper()
	link := linkIn(t)
	chip, pull := plug(t, link)
	open, err := Opener("usb:"+link, board(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	config := ChipConfig(board(t), plan)
	config.Firmware = images(t)
	driver, err := sx1302.New(open, config, quiet())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	done := make(chan error, 1)
	go func() { done <- driver.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	if _, err := driver.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	return &transmitter{driver, t, chip, pull, ctx}
}

// counterTurn is the period of the chip's counter in microseconds.
const counterTurn = 1 << 27

// mustMatch compares a report with what the chip has sent; slack is what the start
// may be off, in microseconds.
func (x *transmitter) mustMatch(d radio.Transmission, e radio.Emission, slack int64) {
	x.t.Helper()
	if e.Outcome != radio.Emitted {
		x.t.Fatalf("%v (%s)", e.Outcome, e.Cause)
	}
	sent, err := x.chip.Sent(x.ctx)
	if err != nil {
		x.t.Fatal(err)
	}
	off := int64((e.Start.Micros-sent.StartCounter+counterTurn/2)%counterTurn) - counterTurn/2
	if max(off, -off) > slack || e.Airtime != sent.Duration || !bytes.Equal(sent.Payload, d.PHYPayload) {
		x.t.Errorf("start is %d µs off; %v of %v; payload % x", off, e.Airtime, sent.Duration, sent.Payload)
	}
	if sent.Power.Index != 17 || sent.Power.Amplifier || e.Conducted != 1400 {
		x.t.Errorf("power %+v, reported %v", sent.Power, e.Conducted)
	}
}

func downlink(n int) radio.Transmission {
	return radio.Transmission{
		PHYPayload: fmt.Appendf(nil, "downlink %d", n), Frequency: 869_525 * radio.KHz, Conducted: 1499,
		Modulation: radio.LoRa{SF: radio.SpreadingFactor(5 + n%5), Bandwidth: 125 * radio.KHz << (n % 3), CodeRate: 1, NoCRC: true, InvertIQ: true},
	}
}

// TestTransmitOverUSB sends over the CoreCell protocol in real time: for an instant
// exact to the microsecond, at once, at a pulse, while uplinks flow.
func TestTransmitOverUSB(t *testing.T) {
	x := newTransmitter(t)
	var loads []time.Duration // from the call to the chip
	for n := range 30 {
		d := downlink(n)
		slack := int64(0)
		switch {
		case n == 29:
			d.Trigger.OnPulse = true
		case n%2 == 0:
			d.Trigger.At = x.Now().Add(150 * time.Millisecond)
		default:
			slack = 5000 // measured, on a machine that does other things as well
		}
		if err := x.chip.TryInject(frame(byte(n), 868_100*radio.KHz)); err != nil {
			t.Error(err)
		}
		asked := x.Now()
		e := x.Send(x.ctx, d)
		x.mustMatch(d, e, slack)
		took, _ := e.Loaded.Sub(asked)
		loads = append(loads, took)
		if u, err := x.Receive(x.ctx); err != nil || u.PHYPayload[len(u.PHYPayload)-1] != byte(n) {
			t.Errorf("uplink %d: % x, %v", n, u.PHYPayload, err)
		}
	}
	slices.Sort(loads)
	t.Logf("loaded after %v, at most %v", loads[len(loads)/2], loads[len(loads)-1])
	for _, v := range x.chip.Violations() {
		t.Error("violation:", v)
	}
}

// TestAbortOverUSB gives a frame up before and during its emission.
func TestAbortOverUSB(t *testing.T) {
	x := newTransmitter(t)
	d := downlink(0)
	d.Modulation = radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: 1, NoCRC: true, InvertIQ: true}
	for _, ahead := range []time.Duration{200 * time.Millisecond, 3 * time.Second} {
		ctx, cancel := context.WithTimeout(x.ctx, 600*time.Millisecond)
		d.Trigger.At = x.Now().Add(ahead)
		e := x.Send(ctx, d)
		cancel()
		if begun := ahead < time.Second; e.Outcome != radio.Aborted || e.Start.IsZero() == begun || (e.Airtime > 0) != begun {
			t.Errorf("%v ahead: %+v", ahead, e)
		}
	}
	sent, err := x.chip.Sent(x.ctx)
	if err != nil || !sent.Aborted {
		t.Errorf("%+v, %v", sent, err)
	}
}

// TestPulledDuringEmission takes the chip away while a frame is on the air.
func TestPulledDuringEmission(t *testing.T) {
	x := newTransmitter(t)
	d := downlink(0)
	d.Modulation = radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: 1, NoCRC: true, InvertIQ: true}
	ended := make(chan radio.Emission, 1)
	start := x.Now().Add(300 * time.Millisecond)
	d.Trigger.At = start
	go func() { ended <- x.Send(x.ctx, d) }()
	for tick := time.Tick(5 * time.Millisecond); ; <-tick { // until it has been on the air for a while
		if past, ok := x.Now().Sub(start); !ok || past > 200*time.Millisecond {
			break
		}
	}
	x.pull()
	e := <-ended
	if e.Outcome != radio.Faulted || e.Cause == "" || e.Start != start || start.IsZero() {
		t.Errorf("%+v", e)
	}
	if e := x.Send(x.ctx, d); e.Outcome != radio.Faulted {
		t.Errorf("without a chip: %+v", e)
	}
}
