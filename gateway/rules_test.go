package gateway

import (
	"bytes"
	"testing"

	"hexspot/radio"
)

func plan(t testing.TB, name string) radio.Plan {
	t.Helper()
	p, err := radio.PlanNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// levels are every half decibel from -10 to 30 dBm.
func levels() (list []radio.DBm) {
	for l := radio.DBm(-1000); l <= 3000; l += 50 {
		list = append(list, l)
	}
	return list
}

func sf(n radio.SpreadingFactor, bandwidth radio.Hertz) radio.LoRa {
	return radio.LoRa{SF: n, Bandwidth: bandwidth * radio.KHz, CodeRate: radio.CodeRate4_5, InvertIQ: true, NoCRC: true}
}

func payload(n int) []byte { return bytes.Repeat([]byte{0x60}, n) }

// down is an ordinary downlink of 20 bytes at SF7 (51.456 ms on the air).
func down(f radio.Hertz, eirp radio.DBm) radio.Downlink {
	return radio.Downlink{PHYPayload: payload(20), Frequency: f, EIRP: eirp, Modulation: sf(7, 125)}
}

func TestCheckRefuses(t *testing.T) {
	rules := Rules{Plan: plan(t, "EU868"), Levels: levels()}
	good := func() radio.Downlink { return down(868_100_000, 1400) }
	for _, c := range []struct {
		name   string
		change func(*radio.Downlink, *Rules)
		want   radio.TxStatus
	}{
		{"nothing wrong", func(*radio.Downlink, *Rules) {}, radio.TxOK},
		{"255 bytes", func(d *radio.Downlink, _ *Rules) { d.PHYPayload = payload(255) }, radio.TxOK},
		{"256 bytes", func(d *radio.Downlink, _ *Rules) { d.PHYPayload = payload(256) }, radio.TxInternalError},
		{"no bytes", func(d *radio.Downlink, _ *Rules) { d.PHYPayload = nil }, radio.TxInternalError},
		{"no modulation", func(d *radio.Downlink, _ *Rules) { d.Modulation = nil }, radio.TxInternalError},
		{"no such spreading factor", func(d *radio.Downlink, _ *Rules) { d.Modulation = sf(13, 125) }, radio.TxInternalError},
		{"no such bit rate", func(d *radio.Downlink, _ *Rules) { d.Modulation = radio.FSK{BitRate: 499} }, radio.TxInternalError},
		{"endless preamble", func(d *radio.Downlink, _ *Rules) {
			m := sf(12, 125)
			m.Preamble = 65_535
			d.Modulation = m
		}, radio.TxInternalError},
		{"FSK", func(d *radio.Downlink, _ *Rules) { d.Modulation = radio.FSK{BitRate: 50_000, Deviation: 25_000} }, radio.TxOK},
		{"between two sub-bands", func(d *radio.Downlink, _ *Rules) { d.Frequency = 868_650_000 }, radio.TxFrequency},
		{"out of the range", func(d *radio.Downlink, _ *Rules) { d.Frequency = 2_400_000_000 }, radio.TxFrequency},
		{"a negative frequency", func(d *radio.Downlink, _ *Rules) { d.Frequency = -868_100_000 }, radio.TxFrequency},
		{"no plan", func(_ *radio.Downlink, r *Rules) { r.Plan = radio.Plan{} }, radio.TxFrequency},
		{"a range that is narrower than the sub-bands", func(_ *radio.Downlink, r *Rules) { r.Plan.Transmit.Max = 868_000_000 }, radio.TxFrequency},
		{"too loud", func(d *radio.Downlink, _ *Rules) { d.EIRP = 1601 }, radio.TxPower},
		{"the loudest", func(d *radio.Downlink, _ *Rules) { d.EIRP = 1<<31 - 1 }, radio.TxPower},
		{"the quietest", func(d *radio.Downlink, _ *Rules) { d.EIRP = -1 << 31 }, radio.TxPower},
		{"no levels", func(_ *radio.Downlink, r *Rules) { r.Levels = nil }, radio.TxPower},
		{"all levels too loud", func(_ *radio.Downlink, r *Rules) { r.Levels = []radio.DBm{1650, 2000} }, radio.TxPower},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := good(), rules
			c.change(&d, &r)
			if _, got := r.Check(d, PriorityDownlink); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestCheckLevels: the level is the highest not above what was asked, for a beacon
// else the lowest within its cap, and the sub-band is that of the power it makes.
func TestCheckLevels(t *testing.T) {
	board := []radio.DBm{600, 1200, 1400, 2000, 2650}
	for _, c := range []struct {
		name            string
		region          string
		at              radio.Hertz
		asked           radio.DBm
		gain, loss      radio.DB
		priority        Priority
		conducted, eirp radio.DBm
		band            string
		want            radio.TxStatus
	}{
		{"exact", "EU868", 868_100_000, 1400, 0, 0, PriorityDownlink, 1400, 1400, "M", radio.TxOK},
		{"a step down", "EU868", 868_100_000, 1399, 0, 0, PriorityDownlink, 1200, 1200, "M", radio.TxOK},
		{"gain takes away", "EU868", 868_100_000, 1600, 300, 0, PriorityDownlink, 1200, 1500, "M", radio.TxOK},
		{"loss adds", "EU868", 868_100_000, 1600, 300, 100, PriorityDownlink, 1400, 1600, "M", radio.TxOK},
		{"the loudest band", "EU868", 869_525_000, 2900, 250, 0, PriorityDownlink, 2650, 2900, "P", radio.TxOK},
		{"the board's lowest", "EU868", 868_100_000, 600, 0, 0, PriorityDownlink, 600, 600, "M", radio.TxOK},
		{"quieter than the board", "EU868", 868_100_000, 599, 0, 0, PriorityDownlink, 0, 0, "", radio.TxPower},
		{"a big antenna", "EU868", 868_100_000, 1600, 1001, 0, PriorityDownlink, 0, 0, "", radio.TxPower},
		{"just not too big", "EU868", 868_100_000, 1600, 1000, 0, PriorityDownlink, 600, 1600, "M", radio.TxOK},
		{"no duty cycle at 9 dBm", "EU868", 869_800_000, 900, 300, 0, PriorityDownlink, 600, 900, "Q", radio.TxOK},
		{"stepped down to it", "EU868", 869_800_000, 1100, 0, 0, PriorityDownlink, 600, 600, "Q", radio.TxOK},
		{"and above it", "EU868", 869_800_000, 1200, 0, 0, PriorityDownlink, 1200, 1200, "R", radio.TxOK},
		{"never up to the lowest level", "EU868", 869_800_000, 999, 400, 0, PriorityDownlink, 0, 0, "", radio.TxPower},
		{"a downlink in Korea", "KR920", 922_100_000, 2300, 300, 0, PriorityDownlink, 2000, 2300, "KR920", radio.TxOK},
		{"a beacon there", "KR920", 922_100_000, 1400, 0, 0, PriorityBeacon, 1400, 1400, "KR920", radio.TxOK},
		{"a beacon over its cap", "KR920", 922_100_000, 1401, 0, 0, PriorityBeacon, 0, 0, "", radio.TxPower},
		{"a beacon whose lowest level is over its cap", "KR920", 922_100_000, 1400, 801, 0, PriorityBeacon, 0, 0, "", radio.TxPower},
		{"a beacon at the lowest level within its cap", "KR920", 922_100_000, 800, 800, 0, PriorityBeacon, 600, 1400, "KR920", radio.TxOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Rules{Plan: plan(t, c.region), Levels: board, Gain: c.gain, Loss: c.loss}
			p, status := r.Check(down(c.at, c.asked), c.priority)
			if status != c.want || p.Conducted != c.conducted || p.EIRP != c.eirp || p.SubBand.Name != c.band {
				t.Errorf("%v, conducted %v, EIRP %v, band %q", status, p.Conducted, p.EIRP, p.SubBand.Name)
			}
		})
	}
}

func TestRulesValidate(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules Rules
		good  bool
	}{
		{"zero", Rules{}, true},
		{"ordinary", Rules{Levels: levels(), Gain: 300, Loss: 50}, true},
		{"levels twice", Rules{Levels: []radio.DBm{100, 100}}, false},
		{"levels that descend", Rules{Levels: []radio.DBm{200, 100}}, false},
		{"a megawatt", Rules{Levels: []radio.DBm{6001}}, false},
		{"nothing left", Rules{Levels: []radio.DBm{-6001}}, false},
		{"a gain of 50 dB", Rules{Gain: 5000}, true},
		{"more gain", Rules{Gain: 5001}, false},
		{"less gain", Rules{Gain: -5001}, false},
		{"a cable that amplifies", Rules{Loss: -1}, false},
		{"a cable that isolates", Rules{Loss: 5001}, false},
	} {
		if err := c.rules.Validate(); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := NewQueue(c.rules); (err == nil) != c.good {
			t.Errorf("%s: a queue with %v", c.name, err)
		}
	}
}
