package emulator

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"hexspot/radio"
	"hexspot/radio/ether"
)

// BenchmarkAir is a hundred chips and two thousand devices on ten by ten kilometres.
// One iteration is one uplink, from the device into the FIFO of each chip that hears
// it. "pace" is how much faster than real time that is if each device sends every
// six seconds, on one core and whatever else the machine does.
func BenchmarkAir(b *testing.B) {
	const chips, devices, period = 100, 2000, 6 * time.Second
	taken := 0
	air, err := NewAir(ether.Config{Seed: 1}, func(x ether.Arrival, err error) {
		if err == nil && x.Locked {
			taken++
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	place := func() ether.Place { return ether.Place{X: r.Float64() * 10_000, Y: r.Float64() * 10_000} }
	air.epoch = air.epoch.Add(-24 * time.Hour) // the frames lie in the past, so that no chip waits for their ends
	all := make([]*Chip, chips)
	for i := range all {
		all[i] = startedChip(b, air.epoch)
		air.Join(all[i], ether.Station{Name: fmt.Sprint("roof ", i), Place: place()})
	}
	for i := range devices {
		air.Add(ether.Station{Name: fmt.Sprint("device ", i), Place: place()}, nil)
	}
	n, now := 0, time.Duration(0)
	before := processorTime(b)
	for b.Loop() {
		now += time.Duration(r.ExpFloat64() * float64(period) / devices)
		// One that is still busy sends nothing.
		_, _ = air.Transmit(ether.Signal{From: ether.ID(chips + n%devices), Start: now, EIRP: 1400, Payload: make([]byte, 20),
			Frequency: 867_100*radio.KHz + radio.Hertz(n%8)*200*radio.KHz, Modulation: lora(radio.SpreadingFactor(7 + r.IntN(6)))})
		air.deliver(air.When(now))
		if n++; n%20 == 0 {
			for _, c := range all {
				c.mu.Lock()
				c.rx.reset() // as a driver that reads would
				c.mu.Unlock()
			}
		}
	}
	used := (processorTime(b) - before).Seconds()
	b.ReportMetric(float64(n)/used, "frames/cpu-s")
	b.ReportMetric(now.Seconds()/used, "pace")
	b.ReportMetric(float64(taken)/float64(n), "receptions/frame")
}

// startedChip is one whose counter began at an instant.
func startedChip(b *testing.B, origin time.Time) *Chip {
	h := newHost(b, Config{})
	h.boot()
	h.chip.clock.origin = origin
	return h.chip
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
