package sx1302_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

const dBm radio.DBm = 100

// downlink is a usual one: SF9, inverted IQ, no CRC, at 14 dBm.
func downlink(payload string) radio.Transmission {
	return radio.Transmission{
		PHYPayload: []byte(payload), Frequency: 869_525 * radio.KHz, Conducted: 14 * dBm,
		Modulation: radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, NoCRC: true, InvertIQ: true},
	}
}

func at(t radio.Transmission, when radio.Timestamp) radio.Transmission {
	t.Trigger.At = when
	return t
}

// onAir is a rig that runs.
func onAir(t *testing.T, config emulator.Config, change func(*sx1302.Config)) *rig {
	t.Helper()
	r := newRig(t, config, change)
	r.run()
	r.ready()
	return r
}

// end stops the rig. A chip that was made to complain fails the test.
func (r *rig) end() {
	r.t.Helper()
	r.stop()
	for _, v := range r.chip.Violations() {
		r.t.Error("violation:", v)
	}
}

// sent is what the chip put on the air next.
func (r *rig) sent() emulator.Transmission {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	out, err := r.chip.Sent(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// nothingSent: a minute and more goes by, and a turn of the counter.
func (r *rig) nothingSent() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 3*time.Minute)
	defer cancel()
	if out, err := r.chip.Sent(ctx); err == nil {
		r.t.Errorf("on the air: %+v", out)
	}
}

// counterTurn is the counter's period in microseconds.
const counterTurn = 1 << 27

// apart is by how many microseconds a timestamp of the driver's differs from the
// chip's counter; the driver does not count the turns that were before its start.
func apart(t radio.Timestamp, chip uint64) int64 {
	return int64((t.Micros-chip+counterTurn/2)%counterTurn) - counterTurn/2
}

// mustMatch compares what was reported with what the chip has sent.
func (r *rig) mustMatch(t radio.Transmission, e radio.Emission, sent emulator.Transmission) {
	r.t.Helper()
	if e.Outcome != radio.Emitted || e.Cause != "" {
		r.t.Errorf("%v (%s)", e.Outcome, e.Cause)
	}
	if apart(e.Start, sent.StartCounter) != 0 {
		r.t.Errorf("started at %d, reported %v", sent.StartCounter, e.Start)
	}
	if !t.Trigger.At.IsZero() && e.Start != t.Trigger.At {
		r.t.Errorf("started at %v, wanted %v", e.Start, t.Trigger.At)
	}
	if e.Airtime != sent.Duration || sent.Aborted {
		r.t.Errorf("lasted %v (cut %v), reported %v", sent.Duration, sent.Aborted, e.Airtime)
	}
	if off := t.Frequency - sent.Frequency; off < 0 || off > 123 {
		r.t.Errorf("%v instead of %v", sent.Frequency, t.Frequency)
	}
	if !slices.Equal(sent.Payload, t.PHYPayload) {
		r.t.Errorf("payload % x", sent.Payload)
	}
	if lead, ok := e.Lead(); !ok || lead < 0 && !t.Trigger.At.IsZero() {
		r.t.Errorf("lead %v, %v", lead, ok)
	}
}

func TestSendNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		for _, n := range []int{1, 20, 255} {
			d := downlink(strings.Repeat("x", n))
			e := r.c.Send(t.Context(), d)
			r.mustMatch(d, e, r.sent())
			if e.Conducted != 14*dBm {
				t.Errorf("%v", e.Conducted)
			}
		}
	})
}

// RX1 and RX2 of an uplink begin to the microsecond 1 and 2 s after its end, over
// several turns of the counter; uplinks are heard meanwhile.
func TestWindowsOfAnUplink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25, CounterStart: 130 * time.Second}, nil)
		defer r.end()
		for i := range 60 {
			ended := r.chip.Counter()
			u := r.mustHear("uplink")
			if off := apart(u.Timestamp, ended); off < -1 || off > 1 { // the model of the decoder rounds
				t.Fatalf("uplink that ended at %d has %v", ended, u.Timestamp)
			}
			delay := time.Duration(1+i%2) * time.Second
			d := at(downlink("answer"), u.Timestamp.Add(delay))
			got := make(chan radio.Emission)
			go func() { got <- r.c.Send(t.Context(), d) }()
			time.Sleep(500 * time.Millisecond)
			r.mustHear("while one is loaded")
			e := <-got
			sent := r.sent()
			r.mustMatch(d, e, sent)
			if lead, _ := e.Lead(); lead < delay-20*time.Millisecond || lead > delay {
				t.Errorf("lead %v", lead)
			}
			time.Sleep(5 * time.Second)
		}
	})
}

// Every level of a table is used exactly, what is between goes down, and nothing is
// sent stronger than asked for.
func TestPowerStepsDown(t *testing.T) {
	board, err := hardware.BoardNamed("rak5146")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, func(c *sx1302.Config) { c.Board.Gain = board.Gain })
		defer r.end()
		for _, g := range board.Gain {
			for _, more := range []radio.DBm{0, 1, 99} {
				d := downlink("power")
				d.Conducted = g.Power + more
				e := r.c.Send(t.Context(), d)
				sent := r.sent()
				if e.Conducted != g.Power || sent.Power.Index != g.Index || sent.Power.Amplifier != g.PA {
					t.Errorf("%v: reported %v, used %+v", d.Conducted, e.Conducted, sent.Power)
				}
			}
		}
		d := downlink("weak")
		d.Conducted = 12*dBm - 1
		if e := r.c.Send(t.Context(), d); e.Outcome != radio.Unusable || !strings.Contains(e.Cause, "lowest level") {
			t.Errorf("%+v", e)
		}
		r.nothingSent()
	})
}

// Several hundred frames of all kinds: what the chip sent is what was reported.
func TestRandomTransmissions(t *testing.T) {
	for chain, name := range []string{"radio A", "radio B"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(uint64(chain), 3))
				r := onAir(t, emulator.Config{Temperature: 25, CounterStart: 134 * time.Second}, func(c *sx1302.Config) { c.Board.TransmitRadio = chain })
				defer r.end()
				for range 400 {
					d := randomTransmission(random)
					how := random.IntN(3)
					switch how {
					case 0:
						d.Trigger.At = r.c.Now().Add(time.Duration(2000+random.IntN(3_000_000)) * time.Microsecond)
					case 1:
						d.Trigger.OnPulse = true
					}
					e := r.c.Send(t.Context(), d)
					sent := r.sent()
					r.mustMatch(d, e, sent)
					if sent.Chain != chain || !sameModulation(d.Modulation, sent.Modulation) {
						t.Errorf("chain %d, %+v instead of %+v", sent.Chain, sent.Modulation, d.Modulation)
					}
					if t.Failed() {
						t.Fatalf("%+v: %+v, sent %+v", d, e, sent)
					}
					time.Sleep(time.Duration(random.IntN(20_000)) * time.Microsecond)
				}
			})
		})
	}
}

func randomTransmission(r *rand.Rand) radio.Transmission {
	t := radio.Transmission{
		PHYPayload: make([]byte, 1+r.IntN(60)), Frequency: radio.Hertz(863_000_000 + r.IntN(65_000_000)),
		Conducted: radio.DBm(1200 + r.IntN(1600)),
	}
	for i := range t.PHYPayload {
		t.PHYPayload[i] = byte(r.Uint32())
	}
	if r.IntN(4) == 0 {
		t.Modulation = radio.FSK{BitRate: uint32(5000 + r.IntN(100_000)), Deviation: radio.Hertz(5_000 + r.IntN(90_000)), Preamble: uint16(3 + r.IntN(10)), NoCRC: r.IntN(2) == 0}
		return t
	}
	t.Modulation = radio.LoRa{
		SF: radio.SpreadingFactor(5 + r.IntN(8)), Bandwidth: 125 * radio.KHz << r.IntN(3), CodeRate: radio.CodeRate(1 + r.IntN(4)),
		Preamble: uint16(6 + r.IntN(10)), ImplicitHeader: r.IntN(4) == 0, NoCRC: r.IntN(2) == 0, InvertIQ: r.IntN(2) == 0,
	}
	return t
}

func sameModulation(want, got radio.Modulation) bool {
	w, isFSK := want.(radio.FSK)
	if !isFSK {
		return want == got
	}
	g, ok := got.(radio.FSK)
	off := w.Deviation - g.Deviation
	w.Deviation, g.Deviation = 0, 0
	w.BitRate = 32_000_000 / (32_000_000 / w.BitRate) // the rates a divider has
	return ok && w == g && off >= -1 && off <= 123
}
