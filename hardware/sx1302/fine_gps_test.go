package sx1302

import (
	"math"
	"testing"
	"time"

	"hexspot/radio"
)

func TestMetricsMean(t *testing.T) {
	long := make([]int8, 64)
	long[8] = 100 // beyond what counts at SF12
	for _, c := range []struct {
		metrics []int8
		sf      radio.SpreadingFactor
		want    float64
	}{
		{[]int8{0, 0}, 7, 0},
		{[]int8{5, 0}, 7, 5},             // sums 5 5
		{[]int8{1, -2, 3, -128}, 7, -31}, // sums 1 -1 2 -126
		{[]int8{0, 0, 0, 1}, 10, 0.25},   // sums 0 0 0 1
		{long, 12, 0},
		{long, 11, 50}, // sums of 16: eight times 100
		{long, 9, 87.5},
	} {
		if got := metricsMean(c.metrics, c.sf); got != c.want {
			t.Errorf("%v at SF%d: %v, want %v", c.metrics[:min(4, len(c.metrics))], c.sf, got, c.want)
		}
	}
}

// The figures of the filter by hand, from the formula's text.
func TestNotchDelay(t *testing.T) {
	for hertz, want := range map[radio.Hertz]float64{
		0: 10.2922, 75_000: 0.0101*-5625 - 0.95625 + 10.2922 + 2.4e-6*421875 + 1.7e-6*31640625, 75_001: 0, -200_000: 0,
		-10_000: 10.2922 + 0.1275 - 1.01 - 0.0024 + 0.017,
	} {
		if got := notchDelay(hertz); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %v ticks, want %v", hertz, got, want)
		}
	}
}

// fineFrame is a frame latched so many ticks after the latest pulse.
func (g *gpsRig) fineFrame(after uint32) radio.Uplink {
	u := heard("seventeen bytes!!", 0, radio.CRCOK, true)
	u.Modulation = radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
	u.Frequency = 868_100_000
	u.Fine = radio.FineTime{Set: true, Counter: g.ticks + after, Metrics: []int8{0, 0}}
	return u
}

// fine is the fine time of a frame, as long after the pulse as its payload lasts less
// what the chip's filters take: 81.901 ms.
func (g *gpsRig) fine(u radio.Uplink) (after time.Duration, ok bool) {
	gps, ok := g.p.fineGPS(&u, 200*radio.KHz, g.clock.Latest())
	return gps - radio.GPSTime(g.at) - 81_901*time.Microsecond, ok
}

func TestFineGPS(t *testing.T) {
	g := newGPSRig(t)
	if _, ok := g.pulses(finePulses, 32_000_000); !ok {
		t.Fatal("no reference to begin with")
	}
	if _, ok := g.fine(g.fineFrame(0)); ok { // the first was a latch of unknown age
		t.Errorf("a fine time after %d pulses", finePulses-1)
	}
	g.pulse(32_000_000)
	for _, c := range []struct {
		name   string
		after  uint32
		change func(*radio.Uplink)
		want   time.Duration
	}{
		{"at the pulse", 0, func(*radio.Uplink) {}, 0},
		{"a second later", 32_000_000, func(*radio.Uplink) {}, time.Second},
		{"before the pulse", math.MaxUint32 - 31_999, func(*radio.Uplink) {}, -time.Millisecond},
		{"a tick", 1, func(*radio.Uplink) {}, 31 * time.Nanosecond},
		{"metrics of ten ticks", 0, func(u *radio.Uplink) { u.Fine.Metrics = []int8{10, 0} }, 313 * time.Nanosecond},
		{"ten ppm fast", 0, func(u *radio.Uplink) { u.FrequencyOffset = 8681 }, 502 * time.Nanosecond}, // of 50.168 ms
		{"ten ppm slow", 0, func(u *radio.Uplink) { u.FrequencyOffset = -8681 }, -502 * time.Nanosecond},
	} {
		u := g.fineFrame(c.after)
		c.change(&u)
		if got, ok := g.fine(u); !ok || (got-c.want).Abs() > time.Nanosecond {
			t.Errorf("%s: %v after the pulse, want %v, %v", c.name, got, c.want, ok)
		}
	}
}

// TestFineGPSQuartz: seconds of another length are seconds.
func TestFineGPSQuartz(t *testing.T) {
	g := newGPSRig(t)
	g.pulses(40, 32_000_160) // 5 ppm fast
	for ticks, want := range map[uint32]time.Duration{16_000_080: 500 * time.Millisecond, 32_000_160: time.Second} {
		if got, ok := g.fine(g.fineFrame(ticks)); !ok || (got-want).Abs() > time.Nanosecond {
			t.Errorf("%d ticks: %v, want %v, %v", ticks, got, want, ok)
		}
	}
}

func TestNoFineGPS(t *testing.T) {
	for name, spoil := range map[string]func(*gpsRig, *radio.Uplink){
		"no fine timestamp": func(_ *gpsRig, u *radio.Uplink) { u.Fine.Set = false },
		"bad CRC":           func(_ *gpsRig, u *radio.Uplink) { u.CRC = radio.CRCBad },
		"no CRC":            func(_ *gpsRig, u *radio.Uplink) { u.CRC = radio.CRCNone },
		"the other modem":   func(_ *gpsRig, u *radio.Uplink) { u.Channel = serviceChannel },
		"FSK":               func(_ *gpsRig, u *radio.Uplink) { u.Modulation = radio.FSK{BitRate: 50_000} },
		"pulse missing":     func(g *gpsRig, _ *radio.Uplink) { g.clock.Advance(uint64(g.ticks + 4*32_000_000)) },
		"pulse too early":   func(g *gpsRig, _ *radio.Uplink) { g.pulse(31_000_000) },
		"host off":          func(g *gpsRig, _ *radio.Uplink) { g.host = 300 * time.Millisecond; g.pulse(32_000_000) },
		"host not trusted":  func(g *gpsRig, _ *radio.Uplink) { g.blind = true; g.pulse(32_000_000) },
	} {
		g := newGPSRig(t)
		g.pulses(40, 32_000_000)
		u := g.fineFrame(0)
		if _, ok := g.fine(u); !ok {
			t.Fatal("no fine time to begin with")
		}
		spoil(g, &u)
		if got, ok := g.fine(u); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
