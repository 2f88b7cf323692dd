package gateway

import (
	"context"
	"testing"
	"time"

	"hexspot/radio"
)

// BenchmarkQueue is the whole life of a downlink in the queue: taken, loaded, emitted,
// booked. Of each case the time of one downlink is measured:
//   - class A: RX1 in a second, nothing else in a region without a duty cycle
//   - duty cycle: likewise in EU868, with a ledger that is full
//   - crowded: behind 30 that wait
//   - floating: likewise, at once, in front of them
func BenchmarkQueue(b *testing.B) {
	b.Run("class A", func(b *testing.B) { benchmarkQueue(b, american(b), 923_300_000, 0, time.Second) })
	b.Run("duty cycle", func(b *testing.B) { benchmarkQueue(b, european(b), 869_525_000, 0, time.Second) })
	b.Run("crowded", func(b *testing.B) { benchmarkQueue(b, american(b), 923_300_000, 30, time.Second) })
	b.Run("floating", func(b *testing.B) { benchmarkQueue(b, european(b), 869_525_000, 30, 0) })
}

// fillLedgers books many short emissions of the past hour, all a ledger keeps.
func fillLedgers(q *Queue) {
	for _, l := range q.ledgers {
		for i := range longestLedger {
			at := time.Duration(i) * 800 * ms
			l.book(span{at, at + 100*time.Microsecond}, at+100*time.Microsecond)
		}
	}
}

func benchmarkQueue(b *testing.B, rules Rules, f radio.Hertz, waiting int, ahead time.Duration) {
	b.ReportAllocs()
	q, err := NewQueue(rules)
	if err != nil {
		b.Fatal(err)
	}
	fillLedgers(q)
	now := Instant{Counter: radio.Timestamp{Session: 1, Micros: 1 << 32}, Clock: time.Hour}
	pass := func(d time.Duration) {
		now.Clock += d
		now.Counter = now.Counter.Add(d)
	}
	enqueue := func(ahead time.Duration) {
		d := down(f, 1400)
		d.Modulation, d.PHYPayload = radio.FSK{BitRate: 250_000}, d.PHYPayload[:12] // 736 us: a duty cycle of 10 % bears it
		if ahead > 0 {
			d.When.At = now.Counter.Add(ahead)
		}
		if a, _, _ := q.Enqueue(now, command(d), radio.GPSReference{}); a.Status() != radio.TxOK {
			b.Fatal(a.Statuses)
		}
	}
	for i := range waiting {
		enqueue(400*time.Second + time.Duration(i)*time.Second)
	}
	emissions := 0
	for b.Loop() {
		if waiting > 0 {
			now.Counter.Micros, now.Clock = 1<<32, time.Hour // those that wait stay where they are
		}
		enqueue(ahead)
		step, _ := q.Next(now)
		if step.Do != Load {
			b.Fatal(step)
		}
		_, tx := q.Load(now)
		lead, _ := tx.Trigger.At.Sub(now.Counter)
		e := radio.Emission{Outcome: radio.Emitted, Start: tx.Trigger.At, Airtime: tx.TimeOnAir(), Loaded: now.Counter}
		if waiting > 0 {
			// Time stands still: nothing is booked.
			e.Outcome, e.Start, e.Airtime = radio.Unusable, radio.Timestamp{}, 0
		}
		pass(lead + tx.TimeOnAir())
		if ended := q.Settle(now, e); len(ended) != 1 {
			b.Fatal(ended)
		}
		emissions++
	}
	b.ReportMetric(float64(emissions)/b.Elapsed().Seconds(), "downlinks/s")
}

// instantChip emits at once, in no time.
type instantChip struct{ loaded chan radio.Transmission }

func (instantChip) Now() radio.Timestamp { return radio.Timestamp{Session: 1, Micros: 1 << 32} }

func (c instantChip) Send(_ context.Context, t radio.Transmission) radio.Emission {
	c.loaded <- t
	return radio.Emission{Outcome: radio.Emitted, Start: t.Trigger.At, Airtime: t.TimeOnAir()}
}

// BenchmarkTransmitter is the way of a command from Submit to the chain, one at a time.
func BenchmarkTransmitter(b *testing.B) {
	b.ReportAllocs()
	chip := instantChip{make(chan radio.Transmission)}
	tx, err := NewTransmitter(chip, american(b), TransmitterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- tx.Run(ctx) }()
	reported := make(chan Report, 1)
	s := Submission{Command: command(down(923_300_000, 2000)), Report: func(r Report) { reported <- r }}
	for b.Loop() {
		tx.Submit(s)
		<-chip.loaded
		if r := <-reported; r.Emission.Outcome != radio.Emitted {
			b.Fatal(r)
		}
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
