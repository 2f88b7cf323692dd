package demo

import (
	"io"
	"math"
	"strings"
	"testing"

	"hexspot/cmd/internal/proof"
	"hexspot/radio"
	"hexspot/radio/ether"
	"hexspot/witness"
)

// TestPlaceOnEarth: a place and its cell are where they say, and back.
func TestPlaceOnEarth(t *testing.T) {
	for _, p := range []ether.Place{{}, {X: 10_000, Y: -7000}, {X: -12_345, Y: 9876}} {
		where, err := placed(p)
		if err != nil {
			t.Fatal(err)
		}
		latitude, longitude, err := where.cell.Center()
		if err != nil {
			t.Fatal(err)
		}
		if off := onPlane(latitude, longitude).To(p); off > 15 {
			t.Errorf("%v: the middle of its cell is %.1f m away", p, off)
		}
		back := onPlane(degrees(p))
		if off := back.To(p); off > 0.01 {
			t.Errorf("%v comes back as %v", p, back)
		}
	}
}

// TestRelayPoints: a relay is louder at its hotspot than the sender could be, and nobody
// else hears it.
func TestRelayPoints(t *testing.T) {
	p, err := newPlaces(Town{Seed: 1, Hotspots: 12, Devices: 1}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	points, err := relayPoints(p)
	if err != nil || len(points) != 12 {
		t.Fatalf("%d points, %v", len(points), err)
	}
	air, err := ether.New(p.air)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range p.hotspots {
		air.Add(h.station)
	}
	relay := air.Add(ether.Station{Name: sourceName(proof.Relay), Gain: roofGain})
	for i, from := range p.hotspots {
		point := points[from.eui]
		air.Move(relay, point.place)
		for n, h := range p.hotspots {
			level := (point.eirp + radio.DBm(air.Path(relay, ether.ID(n)))).Float()
			metres := h.station.Place.To(from.station.Place)
			limit := loudest - 20*math.Log10(metres) - 20*math.Log10(868.1e6) + 147.55
			switch beside := h.station.Place.To(point.place) < 2*relayOff; {
			case beside && (n == i || level < limit+relayOver-0.1):
				t.Errorf("relay of %d at %d: %.1f dBm, physics allow %.1f", i, n, level, limit)
			case !beside && level > sensitivity(10):
				t.Errorf("relay of %d is heard by %d, too: %.1f dBm", i, n, level)
			}
		}
	}
}

// TestAttacksAreOnceAWindow: and not before sites count.
func TestAttacksAreOnceAWindow(t *testing.T) {
	c := &cover{schedule: fastCoverage, sites: 100}
	f := &foes{cover: c, done: map[deed]bool{}}
	first, _ := fastCoverage.Slots(100)
	for _, x := range []struct {
		slot witness.Slot
		want bool
	}{{first - 1, false}, {first, true}, {first + 1, false}, {first + fastCoverage.WindowSlots, true}} {
		if got := f.once(proof.RandomTag, x.slot); got != x.want {
			t.Errorf("slot %d: %v", x.slot-first, got)
		}
	}
	if !f.once(proof.Relay, first) {
		t.Error("another attack is not made")
	}
}

// TestTooOld: a frame is sent again as soon as its mark is none that a hotspot looks for,
// wherever in the slot it is heard.
func TestTooOld(t *testing.T) {
	demo, err := witness.ScheduleNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	for _, timing := range []witness.Timing{demo.Timing, fastCoverage.Timing} {
		const of = 100
		for now := witness.Slot(of); now < of+10; now++ {
			first, _ := timing.SlotsNear(timing.Start(now), witness.MarkSlack)
			if got := tooOld(timing, of, now); got && first <= of || !got && first > of+1 {
				t.Errorf("slots of %d ms, %d later: %v, looked for from %d later on", timing.Slot, now-of, got, first-of)
			}
		}
	}
}

// TestCoverageProblems: what a town must have shown, and what a short one need not.
func TestCoverageProblems(t *testing.T) {
	long := func() *cover {
		first, _ := fastCoverage.Slots(100)
		return &cover{schedule: fastCoverage, sites: 100, online: first - 5, last: first + 4*fastCoverage.WindowSlots, hotspots: make([]*published, 4), foes: &foes{relays: map[radio.EUI]relayPoint{{1}: {}}}}
	}
	for name, x := range map[string]struct {
		change func(*cover, *proof.CoverageVerdict)
		want   string
	}{
		"sound":            {func(*cover, *proof.CoverageVerdict) {}, ""},
		"a fault":          {func(_ *cover, v *proof.CoverageVerdict) { v.Faults = map[proof.Fault]int{proof.AttackAccepted: 2} }, "2 attacks that were accepted"},
		"nothing valid":    {func(_ *cover, v *proof.CoverageVerdict) { v.BeaconsBy = map[string]int{"channel": 3} }, "of 3 honest beacons 0 were verified"},
		"no witness":       {func(_ *cover, v *proof.CoverageVerdict) { v.WitnessesBy = nil }, "with 0 witnesses"},
		"too few to hear":  {func(c *cover, v *proof.CoverageVerdict) { v.WitnessesBy, c.hotspots = nil, c.hotspots[:2] }, ""},
		"no relay":         {func(_ *cover, v *proof.CoverageVerdict) { v.Attacks[0].Sent = 0 }, "the attack relay was never made"},
		"no place for one": {func(c *cover, v *proof.CoverageVerdict) { v.Attacks[0].Sent, c.foes.relays = 0, nil }, ""},
		"nothing resent":   {func(_ *cover, v *proof.CoverageVerdict) { v.Resent = 0 }, "0 were sent twice"},
		"seldom held up":   {func(_ *cover, v *proof.CoverageVerdict) { v.BeaconsBy["value_late"], v.HeldUp = 1, 1 }, ""},
		"mostly held up":   {func(_ *cover, v *proof.CoverageVerdict) { v.BeaconsBy["value_late"], v.HeldUp = 90, 90 }, "beacons failed because values"},
		"mostly not sent":  {func(_ *cover, v *proof.CoverageVerdict) { v.Due, v.Missing = 40, 21 }, "21 of 40 beacons that were due were not sent"},
		"mostly misdated":  {func(_ *cover, v *proof.CoverageVerdict) { v.Misdated = 190 }, "reports were dated more than 250 ms off"},
		"too short": {func(c *cover, v *proof.CoverageVerdict) {
			c.last = c.online + 8
			v.BeaconsBy, v.Resent, v.Attacks[0].Sent = nil, 0, 0
		}, ""},
	} {
		c, v := long(), soundCoverage()
		x.change(c, v)
		got := strings.Join(c.problems(v), "; ")
		if (x.want == "") != (got == "") || !strings.Contains(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestNoCoverageOverAnotherBroker: there is no network of ours to prove anything of.
func TestNoCoverageOverAnotherBroker(t *testing.T) {
	c := shortTown(io.Discard)
	c.Coverage = true
	if !c.covers() || !c.coverConfig().Enabled {
		t.Error("a town of our own has no coverage")
	}
	c.Broker = "tcp://127.0.0.1:1883"
	if c.covers() || c.coverConfig().Enabled {
		t.Error("coverage over another broker")
	}
}
