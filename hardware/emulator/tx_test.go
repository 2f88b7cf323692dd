package emulator

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware/corecell"
	"hexspot/radio"
)

// loadLoRa sets a chain to a LoRa frame: 869.525 MHz, SF9 at 125 kHz.
func (h *host) loadLoRa(chain uint16, payload []byte) {
	h.t.Helper()
	base := addrTxTop + chain*chainStep
	h.write(base+txModulation, 0)
	h.write(base+txInterface, 0x0C|sourceLoRa)
	steps := uint64(869_525_000) << 18 / 32_000_000
	h.write(base+txFrequency, byte(steps>>16), byte(steps>>8), byte(steps))
	h.write(base+txDeviation, 2, 0) // 62.5 kHz
	h.write(base+txAGCRate, 4, 0x46)
	h.write(base+txStartDelay, 47413>>8, 47413&0xFF)
	h.write(base+txLoRaRate, 0x49, 0x01, 0x60, byte(len(payload)))
	h.write(base+txLoRaStart, 0x80, 8, 0)
	h.write(base+txLoRaShape, 0x62)
	h.write(base+txLoRaSync, 6, 8)
	h.loadPayload(base, payload)
}

// loadFSK sets chain A to an FSK frame: 868.8 MHz, 50 kbit/s, 25 kHz.
func (h *host) loadFSK(payload []byte) {
	h.t.Helper()
	h.write(addrTxTop+txModulation, 1)
	h.write(addrTxTop+txInterface, 4|sourceFSK)
	h.write(addrTxTop+txAGCRate, 0x80)
	h.write(regMailboxWrite0-2, 0, 0x66, 0x66)
	steps := uint64(868_800_000) << 18 / 32_000_000
	h.write(addrTxTop+txFrequency, byte(steps>>16), byte(steps>>8), byte(steps))
	h.write(addrTxTop+txDeviation, 0, 0xCC) // 24902 Hz
	h.write(addrTxTop+txFSKLength, byte(len(payload)), 0x0B, 0, 5, 0x02, 0x80)
	h.loadPayload(addrTxTop, append([]byte{byte(len(payload))}, payload...))
}

func (h *host) loadPayload(base uint16, payload []byte) {
	h.t.Helper()
	h.write(base+txControl, 1)
	h.write(base+0x100, payload...)
	h.write(base+txControl, 0)
}

func (h *host) fire(chain uint16, how byte) {
	h.t.Helper()
	h.write(addrTxTop+chain*chainStep, 0)
	h.write(addrTxTop+chain*chainStep, how)
}

// fireAt is a trigger at a value of the counter, in microseconds, as a driver
// works it out.
func (h *host) fireAt(chain uint16, micros uint64) {
	h.t.Helper()
	at := uint32(micros*32) - 47413
	h.write(addrTxTop+chain*chainStep+txTimer, byte(at>>24), byte(at>>16), byte(at>>8), byte(at))
	h.fire(chain, triggerDelayed)
}

func (h *host) status(chain uint16) byte {
	h.t.Helper()
	return h.byte(addrTxTop + chain*chainStep + txStatus)
}

func (h *host) sent() Transmission {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	out, err := h.chip.Sent(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// nothingSent fails if there is a transmission that was not asked for.
func (h *host) nothingSent() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if len(h.chip.sent.kept) > 0 {
		h.t.Error("an unexpected transmission")
	}
	if _, err := h.chip.Sent(ctx); !errors.Is(err, context.Canceled) {
		h.t.Error(err)
	}
}

var loaded = radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: 1, Preamble: 8, NoCRC: true, InvertIQ: true}

func TestDelayedTransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{CounterStart: 10 * time.Second})
		h.boot()
		began := time.Now()
		payload := []byte{0x60, 1, 2, 3, 4}
		h.loadLoRa(0, payload)
		h.fireAt(0, 10_500_000)

		air := loaded.TimeOnAir(len(payload))
		steps := []struct {
			at   time.Duration
			want byte
		}{
			{0, fsmDelayed},
			{498 * time.Millisecond, fsmDelayed},
			{499 * time.Millisecond, fsmRampingUp}, // fires 1481.66 µs early
			{500*time.Millisecond + time.Microsecond, fsmEmitting},
			{500*time.Millisecond + air - time.Microsecond, fsmEmitting},
			{500*time.Millisecond + air + time.Microsecond, fsmFree},
		}
		for _, s := range steps {
			time.Sleep(time.Until(began.Add(s.at)))
			if got := h.status(0); got != s.want {
				t.Errorf("at %v: status %02X, want %02X", s.at, got, s.want)
			}
		}
		got := h.sent()
		want := Transmission{
			Frequency:  869_524_902, // 7123148 steps of 122.07 Hz
			Modulation: loaded, Payload: payload,
			Power: Power{Amplifier: true, Index: 6}, Conducted: 2300,
			StartCounter: 10_500_000, StartAt: got.StartAt, Duration: air,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if off := got.StartAt.Sub(began) - 500*time.Millisecond; off.Abs() > time.Microsecond {
			t.Errorf("started %v off", off)
		}
		h.nothingSent()
		h.clean()
	})
}

func TestTransmissionIsReportedUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.loadLoRa(1, []byte{1})
		sub, cancel := h.chip.Subscribe()
		defer cancel()
		h.fire(1, triggerImmediate)
		began := time.Now()
		got := <-sub // no access to the chip in between
		if got.Chain != 1 || time.Since(began) < got.Duration {
			t.Errorf("%+v after %v", got, time.Since(began))
		}
		if other := h.sent(); other.StartCounter != got.StartCounter {
			t.Errorf("Sent has another one: %+v", other)
		}
	})
}

func TestGPSTransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		time.Sleep(300 * time.Millisecond)
		h.loadLoRa(0, []byte{1})
		h.fire(0, triggerGPS)
		if got := h.status(0); got != fsmGPS {
			t.Errorf("status %02X", got)
		}
		got := h.sent()
		delay := durationOf(47413)
		if pulse := got.StartAt.Add(-delay); pulse.Nanosecond() != 0 {
			t.Errorf("began %v after the pulse", pulse)
		}
	})
}

func TestGPSTransmissionWithoutPulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.chip.SetFaults(Faults{NoPPS: true})
		h.loadLoRa(0, []byte{1})
		h.fire(0, triggerGPS)
		time.Sleep(time.Hour)
		if got := h.status(0); got != fsmGPS {
			t.Errorf("status %02X", got)
		}
		h.nothingSent()
	})
}

func TestLateTriggerWaitsForTheCounter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{CounterStart: 50 * time.Second})
		h.boot()
		h.loadLoRa(0, []byte{1})
		h.fireAt(0, 49_000_000)
		began := time.Now()
		got := h.sent()
		if wait := got.StartAt.Sub(began).Round(time.Millisecond); wait != 133_218*time.Millisecond {
			t.Errorf("waited %v", wait)
		}
	})
}

func TestStoppedCounterFiresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.chip.SetFaults(Faults{CounterStopped: true})
		h.loadLoRa(0, []byte{1})
		h.fireAt(0, 1_000_000)
		time.Sleep(time.Hour)
		if got := h.status(0); got != fsmDelayed {
			t.Errorf("status %02X", got)
		}
		h.nothingSent()
	})
}

// What is already waiting notices that the clock stops, and goes on when it does.
func TestClockStopsUnderATrigger(t *testing.T) {
	for _, c := range []struct {
		name   string
		how    byte
		faults Faults
	}{
		{"delayed", triggerDelayed, Faults{CounterStopped: true}},
		{"GPS", triggerGPS, Faults{NoPPS: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, Config{})
				h.boot()
				h.modify(regGPS, gpsEnable, gpsEnable)
				h.loadLoRa(0, []byte{1})
				h.write(addrTxTop+txTimer, 0, 0xFF, 0, 0) // 0.52 s
				h.fire(0, c.how)
				h.chip.SetFaults(c.faults)
				time.Sleep(time.Hour)
				h.nothingSent()
				h.chip.SetFaults(Faults{})
				if got := h.sent(); !slices.Equal(got.Payload, []byte{1}) {
					t.Errorf("sent % x", got.Payload)
				}
			})
		})
	}
}

// A chip that is held in reset sends nothing, and nothing more.
func TestResetLineEndsTransmissions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.loadLoRa(0, []byte{1})
		h.loadLoRa(1, []byte{2})
		h.fireAt(1, h.chip.Counter()+500_000)
		h.fire(0, triggerImmediate)
		time.Sleep(10 * time.Millisecond)
		pins := h.chip.Device()
		pins.GPIO(corecell.PinReset.Port, corecell.PinReset.Number, true)
		if got := h.sent(); !got.Aborted {
			t.Errorf("%+v is not cut short", got)
		}
		time.Sleep(time.Minute)
		pins.GPIO(corecell.PinReset.Port, corecell.PinReset.Number, false)
		h.nothingSent()
	})
}

func TestTriggerAcrossWrap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The counter wraps 217.728 ms from now.
		h := newHost(t, Config{CounterStart: 134 * time.Second})
		h.boot()
		h.loadLoRa(0, []byte{1})
		h.fireAt(0, 134_500_000)
		began := time.Now()
		got := h.sent()
		if wait := got.StartAt.Sub(began).Round(time.Millisecond); wait != 500*time.Millisecond {
			t.Errorf("waited %v", wait)
		}
		if got.StartCounter != 134_500_000 {
			t.Errorf("counter %d", got.StartCounter)
		}
	})
}

func TestOverwriteAndAbort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.loadLoRa(0, []byte{1})
		h.fireAt(0, 5_000_000)
		h.loadLoRa(0, []byte{2})
		h.fireAt(0, 2_000_000)
		if got := h.sent(); !slices.Equal(got.Payload, []byte{2}) {
			t.Errorf("sent % x", got.Payload)
		}
		h.loadLoRa(0, []byte{3})
		h.fireAt(0, 8_000_000)
		h.write(addrTxTop, 0)
		if got := h.status(0); got != fsmFree {
			t.Errorf("status %02X after the abort", got)
		}
		time.Sleep(time.Minute)
		h.nothingSent()

		h.fire(0, triggerImmediate)
		time.Sleep(20 * time.Millisecond)
		h.write(addrTxTop, 0)
		if got := h.sent(); !got.Aborted || got.Duration.Round(time.Millisecond) != 19*time.Millisecond {
			t.Errorf("%+v", got)
		}
		h.clean()
	})
}

func TestFSKTransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.loadFSK([]byte{7, 8, 9})
		h.fire(0, triggerImmediate)
		got := h.sent()
		want := radio.FSK{BitRate: 50_000, Deviation: 24902, Preamble: 5}
		if got.Modulation != want || !slices.Equal(got.Payload, []byte{7, 8, 9}) || got.Duration != want.TimeOnAir(3) {
			t.Errorf("%+v", got)
		}
		h.clean()
	})
}

func TestCarrierLastsUntilAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.write(addrTxTop+txInterface, sourceCarrier)
		h.fire(0, triggerImmediate)
		time.Sleep(time.Hour)
		if got := h.status(0); got != fsmEmitting {
			t.Errorf("status %02X", got)
		}
		h.write(addrTxTop, 0)
		if got := h.sent(); got.Modulation != (Carrier{}) || got.Duration != time.Hour {
			t.Errorf("%+v", got)
		}
	})
}

// Settings that contradict each other are noted.
func TestSettingsAtOdds(t *testing.T) {
	for name, spoil := range map[string]func(h *host){
		"deviation":              func(h *host) { h.write(addrTxTop+txDeviation, 4, 0) },
		"bandwidth of the AGC":   func(h *host) { h.write(addrTxTop+txAGCRate, 5) },
		"FSK for the AGC":        func(h *host) { h.write(addrTxTop+txAGCRate, 0x84) },
		"modem not started":      func(h *host) { h.modify(addrTxTop+txLoRaStart, 0x80, 0) },
		"for an SX1257":          func(h *host) { h.modify(addrTxTop+txInterface, 0x04, 0) },
		"payload RAM left open":  func(h *host) { h.write(addrTxTop+txControl, 1) },
		"FSK without deviation":  func(h *host) { h.loadFSK([]byte{7}); h.write(regMailboxWrite0-2, 0, 0, 0) },
		"FSK, LoRa for the AGC":  func(h *host) { h.loadFSK([]byte{7}); h.write(addrTxTop+txAGCRate, 4) },
		"FSK, another deviation": func(h *host) { h.loadFSK([]byte{7}); h.write(addrTxTop+txDeviation, 0, 0xCB) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, Config{})
			h.boot()
			h.loadLoRa(0, []byte{1})
			spoil(h)
			h.fire(0, triggerImmediate)
			v := h.chip.Violations()
			if len(v) != 1 || v[0].What != violTxOdds && v[0].What != violTxOpen {
				t.Errorf("violations %v", v)
			}
		})
	}
}

// A chain that nobody set up, or a chip that is not started, sends nothing.
func TestUnconfiguredSendsNothing(t *testing.T) {
	for name, prepare := range map[string]func(h *host){
		"not booted":     func(h *host) { h.loadLoRa(0, []byte{1}) },
		"modem off":      func(h *host) { h.boot(); h.loadLoRa(0, []byte{1}); h.modify(addrTxTop+txLoRaModem, 0x40, 0) },
		"no such SF":     func(h *host) { h.boot(); h.loadLoRa(0, []byte{1}); h.write(addrTxTop+txLoRaRate, 0x4D) },
		"no code rate":   func(h *host) { h.boot(); h.loadLoRa(0, []byte{1}); h.write(addrTxTop+txLoRaCode, 0) },
		"FSK with LoRa":  func(h *host) { h.boot(); h.loadLoRa(0, []byte{1}); h.write(addrTxTop+txModulation, 1) },
		"radio in reset": func(h *host) { h.boot(); h.loadLoRa(0, []byte{1}); h.modify(regRFEnableA, radioReset, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, Config{})
			prepare(h)
			h.fire(0, triggerImmediate)
			if got := h.status(0); got != fsmFree {
				t.Errorf("status %02X", got)
			}
			v := h.chip.Violations()
			if len(v) == 0 || v[len(v)-1].What != violTx {
				t.Errorf("violations %v", v)
			}
			h.nothingSent()
		})
	}
}

// The modem sends what it is told; receivers go by rate and spreading factor.
func TestUndecodableFrames(t *testing.T) {
	for _, c := range []struct {
		name       string
		rate       byte // bandwidth code, spreading factor
		code, more byte
		want       string
	}{
		{"SF9", 0x49, 0x01, 0x60, ""},
		{"SF9 with low data rate", 0x49, 0x11, 0x60, violLowDataRate},
		{"SF12", 0x4C, 0x11, 0x60, ""},
		{"SF12 without", 0x4C, 0x01, 0x60, violLowDataRate},
		{"SF12 with it in the header, as after a reset", 0x4C, 0x91, 0x60, violLowDataRate},
		{"SF12 at 500 kHz", 0x6C, 0x01, 0x60, ""},
		{"SF12 at 500 kHz with low data rate", 0x6C, 0x11, 0x60, violLowDataRate},
		{"SF5", 0x45, 0x01, 0xE0, ""},
		{"SF6 without fine synchronisation", 0x46, 0x01, 0x60, violFineSync},
		{"SF7 with", 0x47, 0x01, 0xE0, violFineSync},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, Config{})
				h.boot()
				h.loadLoRa(0, []byte{1})
				h.write(addrTxTop+txAGCRate, c.rate>>4)
				h.write(addrTxTop+txDeviation, 2<<(c.rate>>4-4))
				h.write(addrTxTop+txLoRaRate, c.rate, c.code, c.more)
				h.fire(0, triggerImmediate)
				h.sent()
				var got string
				for _, v := range h.chip.Violations() {
					got += v.What
				}
				if got != c.want {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestLBTSetsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		h.load(addrAGCRAM, regAGCCtrl, 0x10, firmware(1))
		for _, command := range []byte{0x80, 0x20, 3, 4, 5, 6, 7, 8, 9, 0x0A} {
			h.write(regMailboxWrite3, command)
		}
		h.write(regMailboxWrite0, 1)
		h.write(regMailboxWrite3, 0x0B)
		h.write(regMailboxWrite3, 0x0F)
		h.loadLoRa(1, []byte{1})
		h.fire(1, triggerImmediate)
		if got := h.byte(regAGCStatus); got != 2 {
			t.Errorf("status %02X while chain B sends", got)
		}
		h.write(regMailboxWrite0, 0xFF)
		if got := h.byte(regAGCStatus); got != 0 {
			t.Errorf("status %02X after the acknowledgement", got)
		}
	})
}
