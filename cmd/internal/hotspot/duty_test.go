package hotspot

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// paper is notes in memory.
type paper struct {
	mu     sync.Mutex
	text   []byte
	writes int
	fault  error
}

func (p *paper) Note(context.Context, string) ([]byte, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text, p.text != nil, p.fault
}

// fail has every use fail from now on, or none.
func (p *paper) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = err
}

// written is how often something was written.
func (p *paper) written() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writes
}

func (p *paper) SetNote(_ context.Context, _ string, body []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil {
		return p.fault
	}
	p.text, p.writes = body, p.writes+1
	return nil
}

// antennaOnly is a radio that emits everything when it is to.
type antennaOnly struct{}

func (antennaOnly) Now() radio.Timestamp { return counterNow() }

func (antennaOnly) Send(_ context.Context, t radio.Transmission) radio.Emission {
	start, airtime := t.Trigger.At, t.Modulation.TimeOnAir(len(t.PHYPayload))
	if start.IsZero() {
		start = counterNow()
	}
	if ahead, ok := start.Sub(counterNow()); ok {
		time.Sleep(ahead + airtime) // of the bubble
	}
	return radio.Emission{Outcome: radio.Emitted, Loaded: start, Start: start, Airtime: airtime}
}

// dutyLife is a process that transmits and keeps a book.
type dutyLife struct {
	t    *testing.T
	tx   *gateway.Transmitter
	book *dutyBook
	end  func(closed bool) // the book closed, or the process killed
}

// liveDuty begins a process over what is on paper.
func liveDuty(t *testing.T, p *paper, clock func() time.Time) *dutyLife {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := gateway.NewTransmitter(antennaOnly{}, gateway.Rules{Plan: plan, Levels: []radio.DBm{1400}}, gateway.TransmitterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	l := &dutyLife{t: t, tx: tx, book: &dutyBook{transmitter: tx, notes: p, clock: clock, log: quiet()}}
	l.book.restore(t.Context())
	sending, silence := context.WithCancel(t.Context())
	booking, shut := context.WithCancel(t.Context())
	sent, booked := make(chan error, 1), make(chan error, 1)
	go func() { sent <- tx.Run(sending) }()
	go func() { booked <- l.book.run(booking) }()
	l.end = func(closed bool) {
		if !closed {
			p.fail(errDead)
		}
		silence()
		<-sent
		shut()
		<-booked
		p.fail(nil)
	}
	return l
}

// send sends frames of a second or so in a sub-band of 1 %, and says how many were taken.
func (l *dutyLife) send(n int) (taken int) {
	l.t.Helper()
	for range n {
		answer := make(chan gateway.Answer, 1)
		l.tx.Submit(gateway.Submission{
			Command: gateway.Command{Items: []radio.Downlink{{
				PHYPayload: make([]byte, 20), Frequency: 868_100_000, EIRP: 1400,
				Modulation: radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
			}}},
			Answer: func(a gateway.Answer) { answer <- a },
		})
		if a := <-answer; a.Status() == radio.TxOK {
			taken++
		}
		time.Sleep(3 * time.Second) // of the bubble
	}
	return taken
}

// used is what the sub-band has spent of its 36 s.
func (l *dutyLife) used() time.Duration {
	for _, d := range l.tx.DutyCycle() {
		if d.Range.Contains(868_100_000) {
			return d.Tracked
		}
	}
	l.t.Fatal("no such sub-band")
	return 0
}

// TestDutyOutlivesTheProcess: a stop loses nothing, a death costs the margin and never
// gives time away, and time that passes is counted if the clock can tell it.
func TestDutyOutlivesTheProcess(t *testing.T) {
	dark := func() time.Time { return time.Time{} }
	const margin = 36 * time.Second / dutyMargin
	for _, c := range []struct {
		name         string
		closed       bool
		away         time.Duration
		before, then func() time.Time // the clocks of the two processes
		least, most  time.Duration    // that the second one has, above the first
	}{
		{"stopped", true, 10 * time.Minute, time.Now, time.Now, 0, 100 * time.Millisecond},
		{"killed", false, 10 * time.Minute, time.Now, time.Now, 0, margin + 100*time.Millisecond},
		{"an hour away", true, 61 * time.Minute, time.Now, time.Now, -time.Hour, -20 * time.Second},
		{"an hour away, the clock not trusted before", true, 61 * time.Minute, dark, time.Now, 0, 100 * time.Millisecond},
		{"an hour away, the clock not trusted after", true, 61 * time.Minute, time.Now, dark, 0, 100 * time.Millisecond},
		{"the clock set back", true, time.Minute, time.Now, func() time.Time { return time.Now().Add(-time.Hour) }, 0, 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			var p paper
			first := liveDuty(t, &p, c.before)
			if n := first.send(18); n != 18 {
				t.Fatalf("%s: %d of 18 frames were taken", c.name, n)
			}
			used := first.used()
			first.end(c.closed)
			time.Sleep(c.away)
			second := liveDuty(t, &p, c.then)
			if more := second.used() - used; more < c.least || more > c.most {
				t.Errorf("%s: %v were used, then %v: want %v to %v more", c.name, used, second.used(), c.least, c.most)
			}
			second.end(true)
		})
	}
}

// TestDutyAfterManyDeaths: whoever is killed again and again does not send more than the
// limit.
func TestDutyAfterManyDeaths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p paper
		taken := 0
		for range 40 {
			l := liveDuty(t, &p, time.Now)
			taken += l.send(1)
			l.end(false)
		}
		m := radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
		if spent := time.Duration(taken) * m.TimeOnAir(20); taken < 5 || spent > 36*time.Second {
			t.Errorf("%d frames, %v within minutes", taken, spent)
		}
	})
}

// TestDutyIsSeldomWritten: a gateway that sends nothing writes at its start and its stop,
// one that sends all that it may some 32 times an hour.
func TestDutyIsSeldomWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p paper
		l := liveDuty(t, &p, time.Now)
		time.Sleep(10 * time.Hour)
		if p.written() != 1 {
			t.Errorf("%d writes of an idle gateway", p.written())
		}
		if n := l.send(60); n < 20 || n > 36 {
			t.Errorf("%d frames of 1.3 s were taken", n)
		}
		l.end(true)
		if n := p.written(); n < 10 || n > 36 {
			t.Errorf("%d writes of a busy one", p.written())
		}
	})
}

// TestDutyUnknown: what cannot be read is half of it; a disk that fails is tried again.
func TestDutyUnknown(t *testing.T) {
	for name, p := range map[string]*paper{"no JSON": {text: []byte("{")}, "a bad disk": {fault: errors.New("bad")}} {
		synctest.Test(t, func(t *testing.T) {
			l := liveDuty(t, p, time.Now)
			if used := l.used(); used != 18*time.Second {
				t.Errorf("%s: %v are taken as used, want half of 36 s", name, used)
			}
			p.fail(errors.New("still bad"))
			l.send(3)
			p.fail(nil)
			before := p.written()
			time.Sleep(11 * time.Second)
			if p.written() == before {
				t.Errorf("%s: not tried again", name)
			}
			l.end(true)
		})
	}
}

// FuzzDutyNote: no note makes a queue that sends more, or one that never sends.
func FuzzDutyNote(f *testing.F) {
	f.Add([]byte(`{"at_ms":1,"open":true,"bands":[{"name":"M","low_hz":868000000,"high_hz":868600000,"spent_ms":[[5,7],[-1,-9],[9223372036854775807,9223372036854775807]]}]}`))
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tx, err := gateway.NewTransmitter(antennaOnly{}, gateway.Rules{Plan: plan, Levels: []radio.DBm{1400}}, gateway.TransmitterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		d := &dutyBook{transmitter: tx, notes: &paper{text: text}, clock: time.Now, log: quiet()}
		d.restore(t.Context())
		for _, b := range tx.DutyCycle() {
			if b.Tracked < 0 {
				t.Errorf("%+v", b)
			}
		}
	})
}
