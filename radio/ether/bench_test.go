package ether_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"hexspot/radio"
	"hexspot/radio/ether"
)

// BenchmarkTown is a hundred concentrators and two thousand devices on ten by ten
// kilometres, each of which sends every six seconds on one of eight channels, at
// rates from SF7 to SF12. A tenth is answered in the device's window. One iteration
// is one uplink, decided at all concentrators; "pace" is how much faster than real
// time that is, on one core and whatever else the machine does.
func BenchmarkTown(b *testing.B) {
	for _, c := range []struct {
		name   string
		config ether.Config
	}{{"fading", ether.Config{Seed: 1}}, {"still", ether.Config{Seed: 1, Fading: ether.None}}} {
		b.Run(c.name, func(b *testing.B) { benchTown(b, c.config) })
	}
}

func benchTown(b *testing.B, config ether.Config) {
	const concentrators, devices, period = 100, 2000, 6 * time.Second
	air := newAir(b, config)
	r := rand.New(rand.NewPCG(1, 2))
	place := func() ether.Place { return ether.Place{X: r.Float64() * 10_000, Y: r.Float64() * 10_000} }
	for i := range concentrators {
		air.Add(ether.Station{Name: fmt.Sprint("roof ", i), Place: place(), Concentrator: true})
	}
	for i := range devices {
		air.Add(ether.Station{Name: fmt.Sprint("device ", i), Place: place()})
	}
	var now time.Duration
	var arrivals, n int
	before := processorTime(b)
	for b.Loop() {
		now += time.Duration(r.ExpFloat64() * float64(period) / devices)
		from := ether.ID(concentrators + n%devices)
		m, f := loraRate(7+r.IntN(6)), 867_100*radio.KHz+radio.Hertz(n%8)*200*radio.KHz
		_, err := air.Transmit(ether.Signal{From: from, Start: now, Frequency: f, Modulation: m, EIRP: 1400, Payload: make([]byte, curveSize)})
		if n++; err == nil && n%10 == 0 {
			answer(air, from, ether.ID(n%concentrators), now+time.Second+m.TimeOnAir(curveSize), f, m)
		}
		arrivals += len(air.Ended(now))
	}
	used := (processorTime(b) - before).Seconds()
	b.ReportMetric(float64(n)/used, "frames/cpu-s")
	b.ReportMetric(now.Seconds()/used, "pace")
	b.ReportMetric(float64(arrivals)/float64(n), "arrivals/frame")
}

// answer tells of a downlink ahead of its time, as a concentrator that is loaded
// with it could.
func answer(air *ether.Ether, device, from ether.ID, at time.Duration, f radio.Hertz, m radio.LoRa) {
	m.InvertIQ = true
	air.Listen(device, ether.Window{Frequency: f, Modulation: m, From: at, To: at + 12*m.SymbolTime()})
	// A concentrator that is busy with another answer refuses.
	_, _ = air.Transmit(ether.Signal{From: from, Start: at, Frequency: f, Modulation: m, EIRP: 1600, Payload: make([]byte, 16)})
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
