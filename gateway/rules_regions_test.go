package gateway

import (
	"strings"
	"testing"
	"time"

	"hexspot/radio"
)

// regionLimits are the limits of each region, written down a second time: from
// gateway-facing documentation of the regions, not from the plans.
type regionLimits struct {
	name     string // of a region, or of all its sub-bands
	bands    []bandLimits
	dwell    bool // 400 ms
	optional bool // where asked for
	wide     bool // 125 kHz channels only
}

// bandLimits are in Hz, per mille of an hour and hundredths of dBm. A second rule for
// quieter emissions of the same band is left out: it has no duty cycle.
type bandLimits struct {
	from, to radio.Hertz
	permille int
	eirp     radio.DBm
}

var limitsOfRegions = []regionLimits{
	{name: "EU868", bands: []bandLimits{
		{863_000_000, 865_000_000, 1, 1600},
		{865_000_001, 868_000_000, 10, 1600},
		{868_000_001, 868_600_000, 10, 1600},
		{868_700_000, 869_200_000, 1, 1600},
		{869_400_000, 869_650_000, 100, 2900},
		{869_700_000, 870_000_000, 10, 1600},
	}},
	{name: "US915", bands: []bandLimits{{902_000_000, 928_000_000, 1000, 2100}}, dwell: true, wide: true},
	{name: "AU915", bands: []bandLimits{{915_000_000, 928_000_000, 1000, 3000}}, dwell: true, optional: true, wide: true},
	{name: "AS923", bands: []bandLimits{{915_000_000, 928_000_000, 1000, 1600}}, dwell: true, optional: true},
	{name: "IN865", bands: []bandLimits{{865_000_000, 867_000_000, 1000, 3000}}},
	{name: "KR920", bands: []bandLimits{{920_900_000, 923_300_000, 1000, 2300}}},
	{name: "RU864", bands: []bandLimits{{864_000_000, 870_000_000, 10, 1600}}},
	{name: "CN470", bands: []bandLimits{{470_000_000, 510_000_000, 1000, 1900}}},
	{name: "EU433", bands: []bandLimits{{433_050_000, 434_900_000, 100, 1200}}},
}

func limitsOf(t *testing.T, p radio.Plan) regionLimits {
	t.Helper()
	region, _, _ := strings.Cut(p.Name, "_")
	for _, l := range limitsOfRegions {
		if l.name == region {
			return l
		}
	}
	t.Fatalf("no limits are written down for %s", p.Name)
	return regionLimits{}
}

// inEveryRegion runs a test of each plan.
func inEveryRegion(t *testing.T, test func(*testing.T, radio.Plan, regionLimits)) {
	for _, p := range radio.Plans() {
		t.Run(p.Name, func(t *testing.T) { test(t, p, limitsOf(t, p)) })
	}
}

// outcome sends a downlink with a new gateway: OK if it was emitted as it should be.
func outcome(t *testing.T, r Rules, d radio.Downlink) radio.TxStatus {
	t.Helper()
	s := newStand(t, r)
	return s.send(d)
}

func TestFrequencyInEveryRegion(t *testing.T) {
	inEveryRegion(t, func(t *testing.T, p radio.Plan, l regionLimits) {
		r := Rules{Plan: p, Levels: levels()}
		for i, b := range l.bands {
			for _, f := range []radio.Hertz{b.from, b.to} {
				if got := outcome(t, r, down(f, 900)); got != radio.TxOK {
					t.Errorf("%d Hz: %v", f, got)
				}
			}
			before, after := b.from-1, b.to+1
			if i == 0 || l.bands[i-1].to != before {
				if got := outcome(t, r, down(before, 900)); got != radio.TxFrequency {
					t.Errorf("%d Hz: %v", before, got)
				}
			}
			if i == len(l.bands)-1 || l.bands[i+1].from != after {
				if got := outcome(t, r, down(after, 900)); got != radio.TxFrequency {
					t.Errorf("%d Hz: %v", after, got)
				}
			}
		}
	})
}

func TestPowerInEveryRegion(t *testing.T) {
	inEveryRegion(t, func(t *testing.T, p radio.Plan, l regionLimits) {
		r := Rules{Plan: p, Levels: levels(), Gain: 300, Loss: 50}
		for _, b := range l.bands {
			if got := outcome(t, r, down(b.from, b.eirp)); got != radio.TxOK {
				t.Errorf("%v at %v: %v", b.eirp, b.from, got)
			}
			if got := outcome(t, r, down(b.from, b.eirp+1)); got != radio.TxPower {
				t.Errorf("%v at %v: %v", b.eirp+1, b.from, got)
			}
		}
	})
}

// TestDwellInEveryRegion: at SF10 and 125 kHz 26 bytes without a CRC last 370.7 ms, 27
// last 411.6 ms.
func TestDwellInEveryRegion(t *testing.T) {
	inEveryRegion(t, func(t *testing.T, p radio.Plan, l regionLimits) {
		for _, c := range []struct {
			name  string
			dwell bool // of the rules
			size  int
			wide  bool
			long  bool
		}{
			{"the longest", true, 26, false, false},
			{"too long", true, 27, false, true},
			{"too long, not asked for", false, 27, false, true},
			{"wide and as long", true, 200, true, true},
		} {
			d := down(l.bands[0].to, 900)
			d.PHYPayload, d.Modulation = payload(c.size), sf(10, 125)
			if c.wide {
				d.Modulation = sf(10, 500)
			}
			want := radio.TxOK
			if c.long && l.dwell && (c.dwell || !l.optional) && !(c.wide && l.wide) {
				want = radio.TxDutyCycleOverflow
			}
			if got := outcome(t, Rules{Plan: p, Levels: levels(), Dwell: c.dwell}, d); got != want {
				t.Errorf("%s: %v, want %v", c.name, got, want)
			}
		}
	})
}

// millisecond is a modulation with which a payload of n bytes lasts n+11 ms.
var millisecond = radio.FSK{BitRate: 8000, Deviation: 25_000}

func lasting(f radio.Hertz, eirp radio.DBm, d time.Duration) radio.Downlink {
	return radio.Downlink{PHYPayload: payload(int(d/time.Millisecond) - 11), Frequency: f, EIRP: eirp, Modulation: millisecond}
}

// TestDutyInEveryRegion spends a sub-band's hour to the last millisecond. The next
// millisecond is refused until the first one is more than an hour ago.
func TestDutyInEveryRegion(t *testing.T) {
	inEveryRegion(t, func(t *testing.T, p radio.Plan, l regionLimits) {
		for _, b := range l.bands {
			s := newStand(t, Rules{Plan: p, Levels: levels()})
			budget := time.Hour / 1000 * time.Duration(b.permille)
			if b.permille == 1000 {
				budget = time.Minute // of sending without a pause; more is no news
			}
			const piece = 200 * time.Millisecond
			d := lasting(b.from, b.eirp, piece)
			for spent := piece; spent < budget; spent += piece {
				if got := s.send(d); got != radio.TxOK {
					t.Fatalf("%v: after %v: %v", b.from, spent, got)
				}
			}
			longer := lasting(b.from, b.eirp, piece+time.Millisecond)
			if b.permille == 1000 {
				if got := s.send(longer); got != radio.TxOK {
					t.Errorf("%v has no limit, but: %v", b.from, got)
				}
				continue
			}
			if got := s.send(longer); got != radio.TxDutyCycleOverflow {
				t.Errorf("%v: a millisecond too much: %v", b.from, got)
			}
			if got := s.send(d); got != radio.TxOK {
				t.Errorf("%v: the last piece: %v", b.from, got)
			}
			if got := s.send(lasting(b.from, b.eirp, 12*time.Millisecond)); got != radio.TxDutyCycleOverflow {
				t.Errorf("%v: beyond the last piece: %v", b.from, got)
			}
			s.checkReturn(t, d)
		}
	})
}

// checkReturn: what was sent first may be sent again a window later, not a microsecond
// earlier.
func (s *stand) checkReturn(t *testing.T, d radio.Downlink) {
	t.Helper()
	first := s.air[0]
	again := first.start + dutyWindow
	s.advance(again - time.Second - s.now.Clock)
	early, due := d, d
	early.When.At = s.now.timestamp(s.now.counter(again - time.Microsecond))
	due.When.At = s.now.timestamp(s.now.counter(again))
	if a := s.submit(Command{Items: []radio.Downlink{early}, Priority: PriorityDownlink}); a.Status() != radio.TxDutyCycleOverflow {
		t.Errorf("a microsecond early: %v", a.Status())
	}
	if a := s.submit(Command{Items: []radio.Downlink{due}, Priority: PriorityDownlink}); a.Status() != radio.TxOK {
		t.Errorf("an hour and a second later: %v", a.Status())
	}
}

func TestNothingIsSentWithoutARegion(t *testing.T) {
	for _, p := range radio.Plans() {
		if got := outcome(t, Rules{Levels: levels()}, down(p.MultiSF[0], 900)); got != radio.TxFrequency {
			t.Errorf("%v: %v", p.MultiSF[0], got)
		}
	}
}
