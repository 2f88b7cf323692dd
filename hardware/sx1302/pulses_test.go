package sx1302

import (
	"testing"
	"time"

	"hexspot/radio"
)

// gpsRig feeds pulses of a chip whose quartz and host are as wrong as wanted.
type gpsRig struct {
	t     *testing.T
	p     pulses
	clock *radio.Unwrapper
	ticks uint32    // of the next pulse
	at    time.Time // the second of the next pulse
	host  time.Duration
	blind bool // the host's clock is not trusted
}

func newGPSRig(t *testing.T) *gpsRig {
	t.Helper()
	clock, err := radio.NewUnwrapper(7, radio.SX1302Counter())
	if err != nil {
		t.Fatal(err)
	}
	return &gpsRig{t: t, clock: clock, ticks: 0xF000_0000, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// poll is one poll 7 ms after the pulse that the latch has.
func (g *gpsRig) poll(latch uint32) (reference radio.GPSReference, ok bool) {
	now := g.clock.Advance(uint64(latch + 7*32_000))
	host := g.at.Add(7*time.Millisecond + g.host)
	if g.blind {
		host = time.Time{}
	}
	r := reception{now: now, pps: latch}
	g.p.see(reception{now: now, pps: latch ^ 0xFFFF}, g.clock, host.Add(time.Hour)) // read torn
	g.p.see(r, g.clock, host.Add(time.Hour))
	g.p.see(r, g.clock, host)
	g.p.see(r, g.clock, host.Add(time.Hour)) // nothing new
	return g.p.reference(now)
}

// pulse is a pulse that comes so many ticks after the one before.
func (g *gpsRig) pulse(ticks uint32) (radio.GPSReference, bool) {
	g.ticks += ticks
	g.at = g.at.Add(time.Duration(ticks+16_000_000) / 32_000_000 * time.Second)
	return g.poll(g.ticks)
}

func (g *gpsRig) pulses(n int, ticks uint32) (reference radio.GPSReference, ok bool) {
	for range n {
		reference, ok = g.pulse(ticks)
	}
	return reference, ok
}

func TestPulses(t *testing.T) {
	g := newGPSRig(t)
	if _, ok := g.pulses(3, 32_000_000); ok { // the first is a latch of unknown age
		t.Error("a reference after two pulses")
	}
	for range 200 {
		ref, ok := g.pulse(32_000_000)
		if !ok || ref.Drift != 0 || ref.GPS != radio.GPSTime(g.at) || ref.At.Micros%(1<<27) != uint64(g.ticks/32) {
			t.Fatalf("%+v, %v", ref, ok)
		}
	}
}

func TestPulsesDrift(t *testing.T) {
	for ticks, want := range map[uint32]int32{32_000_320: 10_000, 31_999_680: -10_000, 32_000_032: 1000, 32_000_001: 31} {
		g := newGPSRig(t)
		ref, ok := g.pulses(40, ticks)
		if !ok || ref.Drift != want {
			t.Errorf("%d: %+v, %v", ticks, ref, ok)
		}
		// An hour later the counter is off by the drift.
		hour := ref.Timestamp(ref.GPS + time.Hour)
		if got, _ := hour.Sub(ref.At); (got - time.Hour - time.Duration(want)*3600).Abs() > 2*time.Microsecond {
			t.Errorf("%d: an hour has %v", ticks, got)
		}
	}
}

func TestPulsesRefused(t *testing.T) {
	for name, spoil := range map[string]func(*gpsRig) (radio.GPSReference, bool){
		"too fast":         func(g *gpsRig) (radio.GPSReference, bool) { return g.pulse(32_000_321) },
		"too slow":         func(g *gpsRig) (radio.GPSReference, bool) { return g.pulse(31_999_679) },
		"between seconds":  func(g *gpsRig) (radio.GPSReference, bool) { return g.pulse(16_000_000) },
		"four missed":      func(g *gpsRig) (radio.GPSReference, bool) { return g.pulse(4 * 32_000_000) },
		"host not trusted": func(g *gpsRig) (radio.GPSReference, bool) { g.blind = true; return g.pulse(32_000_000) },
		"host between seconds": func(g *gpsRig) (radio.GPSReference, bool) {
			g.host = 300 * time.Millisecond
			return g.pulse(32_000_000)
		},
		"host jumped a second": func(g *gpsRig) (radio.GPSReference, bool) { g.host = time.Second; return g.pulse(32_000_000) },
		"gone for four seconds": func(g *gpsRig) (radio.GPSReference, bool) {
			return g.p.reference(g.clock.Latest().Add(4 * time.Second))
		},
	} {
		g := newGPSRig(t)
		if _, ok := g.pulses(10, 32_000_000); !ok {
			t.Fatal("no reference to begin with")
		}
		if ref, ok := spoil(g); ok {
			t.Errorf("%s: %+v", name, ref)
		}
		g.host, g.blind = 0, false
		if ref, ok := g.pulses(4, 32_000_000); !ok || ref.GPS != radio.GPSTime(g.at) {
			t.Errorf("%s: does not recover", name)
		}
	}
}

// A pulse that is missed is no harm; a host that is off by less than a quarter of a
// second neither.
func TestPulsesTolerated(t *testing.T) {
	g := newGPSRig(t)
	g.pulses(10, 32_000_000)
	for _, ticks := range []uint32{64_000_000, 96_000_320} {
		if ref, ok := g.pulse(ticks); !ok || ref.GPS != radio.GPSTime(g.at) {
			t.Errorf("%d: %+v, %v", ticks, ref, ok)
		}
	}
	for _, off := range []time.Duration{240 * time.Millisecond, -240 * time.Millisecond} {
		g.host = off
		if ref, ok := g.pulse(32_000_000); !ok || ref.GPS != radio.GPSTime(g.at) {
			t.Errorf("%v: %+v, %v", off, ref, ok)
		}
	}
}
