package sx1302

import (
	"strings"
	"testing"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// us is an instant of the counter in microseconds.
func us(n uint64) radio.Timestamp { return radio.Timestamp{Session: 7, Micros: 10_000_000 + n} }

// looked is a look at a chain that took 100 µs.
func looked(at uint64, phase txPhase) sighting {
	return sighting{before: us(at), after: us(at + 100), phase: phase, alive: true}
}

// flightAt is a frame of 50 ms loaded at 0 for 100 ms, 1481.66 µs after its trigger.
func flightAt(trigger radio.Trigger) *flight {
	f := &flight{
		frame: txFrame{trigger: trigger, delay: 47413, airtime: 50 * time.Millisecond, grain: time.Millisecond, gain: hardware.Gain{Power: 1400}},
		armed: us(0), loaded: us(200), start: us(100_000),
	}
	if trigger.OnPulse {
		f.start = radio.Timestamp{}
	}
	return f
}

// Each line is what is seen of a frame for an instant, and what comes of it.
func TestFlight(t *testing.T) {
	pulsed := func(s sighting, start uint64) sighting { s.pulsed = us(start); return s }
	blocked := func(s sighting) sighting { s.blocked = true; return s }
	timed, pulse, now := radio.Trigger{At: us(100_000)}, radio.Trigger{OnPulse: true}, radio.Trigger{}
	for _, c := range []struct {
		name    string
		trigger radio.Trigger
		seen    []sighting
		want    radio.EmissionOutcome // of the last; all before it leave it open
		stop    bool
		cause   string
	}{
		{"as it should be", timed, []sighting{looked(0, phaseWaiting), looked(90_000, phaseWaiting), looked(110_000, phaseOnAir), looked(150_001, phaseFree)}, radio.Emitted, false, ""},
		{"on the air is not emitted", timed, []sighting{looked(0, phaseWaiting), looked(149_000, phaseOnAir)}, 0, false, ""},
		{"only waiting and free seen", timed, []sighting{looked(98_000, phaseWaiting), looked(150_001, phaseFree)}, radio.Emitted, false, ""},
		{"only on the air seen", timed, []sighting{looked(99_000, phaseOnAir), looked(150_001, phaseFree)}, radio.Emitted, false, ""},
		{"free at first sight", timed, []sighting{looked(0, phaseFree)}, radio.Faulted, false, "did not take"},
		{"free at first sight, late", timed, []sighting{looked(160_000, phaseFree)}, radio.Faulted, false, "first looked at"},
		{"free before the end", timed, []sighting{looked(0, phaseWaiting), looked(120_000, phaseFree)}, radio.Faulted, false, "did not take"},
		{"stopped before the end", timed, []sighting{looked(110_000, phaseOnAir), looked(140_000, phaseFree)}, radio.Faulted, false, "before the frame's end"},
		{"free at the last symbol", timed, []sighting{looked(110_000, phaseOnAir), looked(149_500, phaseFree)}, radio.Emitted, false, ""},
		{"free while looking", timed, []sighting{looked(110_000, phaseOnAir), looked(148_950, phaseFree)}, 0, false, ""},
		{"free while looking, and later", timed, []sighting{looked(110_000, phaseOnAir), looked(148_950, phaseFree), looked(160_000, phaseFree)}, radio.Emitted, false, ""},
		{"waiting at its time", timed, []sighting{looked(99_400, phaseWaiting)}, 0, false, ""},
		{"waiting after its time", timed, []sighting{looked(0, phaseWaiting), looked(99_600, phaseWaiting)}, radio.Missed, true, "was past"},
		{"never ends", timed, []sighting{looked(640_000, phaseOnAir), looked(650_001, phaseOnAir)}, radio.Faulted, true, "did not end"},
		{"a strange status", timed, []sighting{looked(0, phaseUnclear), looked(110_000, phaseUnclear)}, 0, false, ""},
		{"busy channel", timed, []sighting{looked(0, phaseWaiting), blocked(looked(99_000, phaseFree))}, radio.Blocked, true, "busy"},
		{"busy channel, known while ramping up", now, []sighting{looked(98_600, phaseOnAir), blocked(looked(99_000, phaseFree))}, radio.Blocked, true, "busy"},
		{"pulse", pulse, []sighting{pulsed(looked(0, phaseWaiting), 1), pulsed(looked(810_000, phaseOnAir), 801_482), pulsed(looked(860_000, phaseFree), 801_482)}, radio.Emitted, false, ""},
		{"pulse, short", pulse, []sighting{pulsed(looked(0, phaseWaiting), 1), pulsed(looked(860_000, phaseFree), 801_482)}, radio.Emitted, false, ""},
		{"pulse, refused", pulse, []sighting{pulsed(looked(0, phaseFree), 1)}, radio.Faulted, false, "did not take"},
		{"pulse while loading", pulse, []sighting{pulsed(looked(100, phaseOnAir), 1582), pulsed(looked(60_000, phaseFree), 1582)}, radio.Emitted, false, ""},
		{"no pulse yet", pulse, []sighting{looked(1_999_000, phaseWaiting)}, 0, false, ""},
		{"no pulse", pulse, []sighting{looked(2_001_000, phaseWaiting)}, radio.Missed, true, "no GPS pulse"},
		{"now", now, []sighting{looked(98_600, phaseOnAir), looked(150_001, phaseFree)}, radio.Emitted, false, ""},
		{"now, refused", now, []sighting{looked(98_600, phaseFree)}, radio.Faulted, false, "did not take"},
		{"now, waits", now, []sighting{looked(650_001, phaseWaiting)}, radio.Faulted, true, "does not start"},
	} {
		f := flightAt(c.trigger)
		var v verdict
		for i, s := range c.seen {
			if v = f.see(s); v.outcome != 0 && i < len(c.seen)-1 {
				t.Errorf("%s: %v after %d looks", c.name, v.outcome, i+1)
			}
		}
		if v.outcome != c.want || v.stop != c.stop || !strings.Contains(v.cause, c.cause) || (v.cause == "") != (c.cause == "") {
			t.Errorf("%s: %+v, want %v (%s), stop %v", c.name, v, c.want, c.cause, c.stop)
		}
	}
}

// A frame that a pulse triggered began at the first one that it waited for, also if further
// ones have come before anybody looked again.
func TestPulseThatTriggered(t *testing.T) {
	for _, c := range []struct {
		name    string
		seen    sighting
		airtime time.Duration
		want    uint64
	}{
		{"looked at once", looked(860_000, phaseFree), 50 * time.Millisecond, 801_482},
		{"free, and nobody looked for seconds", looked(3_860_000, phaseFree), 50 * time.Millisecond, 801_482},
		{"on the air for seconds", looked(3_860_000, phaseOnAir), 5 * time.Second, 801_482},
		{"on the air for less than since the pulse before", looked(3_820_000, phaseOnAir), 50 * time.Millisecond, 3_801_482},
	} {
		f := flightAt(radio.Trigger{OnPulse: true})
		f.frame.airtime = c.airtime
		f.see(looked(100, phaseWaiting))
		at, _ := c.seen.before.Sub(us(0))
		c.seen.pulsed = us(801_482 + uint64((at-801_482*time.Microsecond)/time.Second)*1_000_000)
		if f.see(c.seen); f.start != us(c.want) {
			t.Errorf("%s: began at %v, want %v", c.name, f.start, us(c.want))
		}
	}
}

// What is reported of a frame that was stopped at an instant.
func TestHaltedFlight(t *testing.T) {
	for _, c := range []struct {
		name    string
		seen    txPhase
		outcome radio.EmissionOutcome
		at      uint64
		start   bool
		airtime time.Duration
	}{
		{"waiting", phaseWaiting, radio.Aborted, 99_999, false, 0},
		{"began while it was stopped", phaseWaiting, radio.Aborted, 100_400, true, 400 * time.Microsecond},
		{"on the air", phaseOnAir, radio.Aborted, 120_000, true, 20 * time.Millisecond},
		{"ended while it was stopped", phaseOnAir, radio.Aborted, 151_000, true, 50 * time.Millisecond},
		{"missed", phaseWaiting, radio.Missed, 120_000, false, 0},
		{"does not end", phaseOnAir, radio.Faulted, 700_000, true, 600 * time.Millisecond},
	} {
		f := flightAt(radio.Trigger{At: us(100_000)})
		f.see(looked(90_000, c.seen))
		f.stop(verdict{outcome: c.outcome, cause: "because"}, us(c.at))
		if v := f.see(looked(c.at, c.seen)); v.outcome != 0 {
			t.Errorf("%s: %v before it was free", c.name, v.outcome)
		}
		v := f.see(looked(c.at+5000, phaseFree))
		e := f.emission(v, us(c.at+5100))
		if v.stop || e.Outcome != c.outcome || e.Cause != "because" || e.Start.IsZero() == c.start || e.Airtime != c.airtime || e.Conducted != 1400 || e.Loaded != us(200) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	f := flightAt(radio.Trigger{})
	f.stop(verdict{outcome: radio.Aborted}, us(1000))
	if v := f.see(looked(1_001_001, phaseOnAir)); v.outcome != radio.Faulted || !v.stop {
		t.Errorf("never free: %+v", v)
	}
}

func TestPhaseOf(t *testing.T) {
	for status, want := range map[byte]txPhase{
		0x80: phaseFree, 0x91: phaseWaiting, 0x92: phaseWaiting,
		0x30: phaseOnAir, 0x50: phaseOnAir, 0x60: phaseOnAir, 0x70: phaseOnAir, 0x00: phaseUnclear, 0xFF: phaseUnclear,
	} {
		if got := phaseOf(status); got != want {
			t.Errorf("%02X: %d, want %d", status, got, want)
		}
	}
}

// A look is not evaluated if the counter was read torn; a busy channel of the other
// chain is not ours; a reset chip is known by its AGC.
func TestSighting(t *testing.T) {
	clock, err := radio.NewUnwrapper(7, radio.SX1302Counter())
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(32_000)
	read := func(before, after uint32, agc ...byte) (sighting, bool) {
		l := newLookout(1)
		putCounter(l.before, before)
		putCounter(l.after, after)
		readData(l.status)[0] = 0x91
		copy(readData(l.agc), agc)
		return l.sighting(clock)
	}
	s, ok := read(32_000, 35_200, 0x10, 0x80)
	if between, _ := s.after.Sub(s.before); !ok || !s.alive || !s.blocked || s.phase != phaseWaiting || between != 100*time.Microsecond {
		t.Errorf("%+v, %v", s, ok)
	}
	if s, _ := read(1, 2, 0x10, 0x40); s.blocked {
		t.Error("the other chain's channel is busy")
	}
	for _, control := range []byte{0x14, 0x00, 0xFF, 0x04} {
		if s, _ := read(1, 2, control, 0); s.alive {
			t.Errorf("AGC control %02X is taken for running", control)
		}
	}
	for _, torn := range [][2]uint32{{0x0100_0000, 0x00FF_FFFF}, {0x00FF_FFFF, 0x01FF_FFFF}} {
		if _, ok := read(torn[0], torn[1], 0x10, 0); ok {
			t.Errorf("%X was evaluated", torn)
		}
	}
	if _, ok := read(0xFFFF_FFF0, 0x10, 0x10, 0); !ok {
		t.Error("the counter's end was taken for torn")
	}
}

func putCounter(op hardware.Op, ticks uint32) {
	for i := range 4 {
		readData(op)[4+i] = byte(ticks >> (24 - 8*i))
	}
}
