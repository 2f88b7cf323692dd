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
	"hexspot/internal/testlog"
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
	log := testlog.New(t)
	open, err := Opener("usb:"+link, board(t), log)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	config := ChipConfig(board(t), plan)
	config.Firmware = images(t)
	driver, err := sx1302.New(open, config, log)
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
// may be off, in microseconds, on a machine that has time. It is false if the machine had none:
// the frame came too late to the chip, or the start, which is known by a look at the counter,
// was looked at late.
func (x *transmitter) mustMatch(d radio.Transmission, e radio.Emission, slack int64) (inTime bool) {
	x.t.Helper()
	if e.Outcome == radio.Missed && x.ctx.Err() == nil {
		return false
	}
	if e.Outcome != radio.Emitted {
		x.t.Fatalf("%v (%s)", e.Outcome, e.Cause)
	}
	sent, err := x.chip.Sent(x.ctx)
	if err != nil {
		x.t.Fatal(err)
	}
	off := int64((e.Start.Micros-sent.StartCounter+counterTurn/2)%counterTurn) - counterTurn/2
	inTime = max(off, -off) <= slack
	if !inTime && slack == 0 || e.Airtime != sent.Duration || !bytes.Equal(sent.Payload, d.PHYPayload) {
		x.t.Errorf("start is %d µs off; %v of %v; payload % x", off, e.Airtime, sent.Duration, sent.Payload)
	}
	if sent.Power.Index != 17 || sent.Power.Amplifier || e.Conducted != 1400 {
		x.t.Errorf("power %+v, reported %v", sent.Power, e.Conducted)
	}
	return inTime
}

func downlink(n int) radio.Transmission {
	return radio.Transmission{
		PHYPayload: fmt.Appendf(nil, "downlink %d", n), Frequency: 869_525 * radio.KHz, Conducted: 1499,
		Modulation: radio.LoRa{SF: radio.SpreadingFactor(5 + n%5), Bandwidth: 125 * radio.KHz << (n % 3), CodeRate: 1, NoCRC: true, InvertIQ: true},
	}
}

// transmit sends a frame in one of the ways that there are, again if the machine had no time
// for it. It gives the time from the call to the chip, and how often there was none.
func (x *transmitter) transmit(n int) (took time.Duration, late int) {
	x.t.Helper()
	for {
		d, slack := downlink(n), int64(0)
		switch {
		case n == 29:
			d.Trigger.OnPulse = true
		case n%2 == 0:
			d.Trigger.At = x.Now().Add(150 * time.Millisecond)
		default:
			slack = 5000 // measured, on a machine that does other things as well
		}
		asked := x.Now()
		e := x.Send(x.ctx, d)
		if x.mustMatch(d, e, slack) {
			took, _ = e.Loaded.Sub(asked)
			return took, late
		}
		late++
		x.t.Logf("frame %d was late: %+v", n, e)
	}
}

// TestTransmitOverUSB sends over the CoreCell protocol in real time: for an instant
// exact to the microsecond, at once, at a pulse, while uplinks flow.
func TestTransmitOverUSB(t *testing.T) {
	x := newTransmitter(t)
	var loads []time.Duration // from the call to the chip
	late := 0
	for n := range 30 {
		if err := x.chip.TryInject(frame(byte(n), 868_100*radio.KHz)); err != nil {
			t.Error(err)
		}
		took, again := x.transmit(n)
		loads, late = append(loads, took), late+again
		if u, err := x.Receive(x.ctx); err != nil || u.PHYPayload[len(u.PHYPayload)-1] != byte(n) {
			t.Errorf("uplink %d: % x, %v", n, u.PHYPayload, err)
		}
	}
	slices.Sort(loads)
	t.Logf("loaded after %v, at most %v; %d were late", loads[len(loads)/2], loads[len(loads)-1], late)
	for _, v := range x.chip.Violations() {
		t.Error("violation:", v)
	}
}

// longest is a downlink that is on the air for several seconds, longer than a machine stands
// still.
func longest() radio.Transmission {
	d := downlink(0)
	d.PHYPayload = make([]byte, 200)
	d.Modulation = radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: 1, NoCRC: true, InvertIQ: true}
	return d
}

// emitting sends a frame and gives its start when it has been on the air for a while.
func (x *transmitter) emitting(ctx context.Context, d radio.Transmission) (start radio.Timestamp, ended chan radio.Emission) {
	x.t.Helper()
	ended = make(chan radio.Emission, 1)
	for {
		start = x.Now().Add(300 * time.Millisecond)
		d.Trigger.At = start
		go func() { ended <- x.Send(ctx, d) }()
		if x.begins(start, ended) {
			return start, ended
		}
	}
}

// begins waits until a frame has been on the air for a while, in which the driver looked at
// the chip; it is false if the machine had no time to load it.
func (x *transmitter) begins(start radio.Timestamp, ended chan radio.Emission) bool {
	x.t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for looks := 0; ; {
		select {
		case e := <-ended:
			if e.Outcome != radio.Missed || x.ctx.Err() != nil {
				x.t.Fatalf("it has ended: %+v", e)
			}
			return false
		case <-look.C:
			past, ok := x.Now().Sub(start)
			if !ok {
				x.t.Fatal("the chip was started again")
			}
			if past > 0 {
				looks++
			}
			if looks == 40 {
				return true
			}
		}
	}
}

// TestAbortOverUSB gives a frame up before and during its emission.
func TestAbortOverUSB(t *testing.T) {
	x := newTransmitter(t)
	ctx, cancel := context.WithCancel(x.ctx)
	_, ended := x.emitting(ctx, longest())
	cancel()
	if e := <-ended; e.Outcome != radio.Aborted || e.Start.IsZero() || e.Airtime == 0 {
		t.Errorf("during the emission: %+v", e)
	}
	sent, err := x.chip.Sent(x.ctx)
	if err != nil || !sent.Aborted {
		t.Errorf("%+v, %v", sent, err)
	}
	d := longest()
	d.Trigger.At = x.Now().Add(patience / 2)
	ctx, cancel = context.WithTimeout(x.ctx, 300*time.Millisecond)
	defer cancel()
	if e := x.Send(ctx, d); e.Outcome != radio.Aborted || !e.Start.IsZero() || e.Airtime > 0 {
		t.Errorf("before it: %+v", e)
	}
}

// TestPulledDuringEmission takes the chip away while a frame is on the air.
func TestPulledDuringEmission(t *testing.T) {
	x := newTransmitter(t)
	start, ended := x.emitting(x.ctx, longest())
	x.pull()
	e := <-ended
	if e.Outcome != radio.Faulted || e.Cause == "" || e.Start != start || start.IsZero() {
		t.Errorf("%+v", e)
	}
	if e := x.Send(x.ctx, longest()); e.Outcome != radio.Faulted {
		t.Errorf("without a chip: %+v", e)
	}
}
