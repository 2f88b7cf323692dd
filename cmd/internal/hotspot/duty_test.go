package hotspot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

	readOnly bool
}

func (p *paper) Note(context.Context, string) ([]byte, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text, p.text != nil, p.fault
}

var errReadOnly = errors.New("the disk is read-only")

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
	if p.fault != nil || p.readOnly {
		return cmp.Or(p.fault, errReadOnly)
	}
	p.text, p.writes = body, p.writes+1
	return nil
}

// antennaOnly is a radio that emits everything when it is to.
type antennaOnly struct{}

func (antennaOnly) Now() radio.Timestamp { return counterNow() }

func (antennaOnly) Send(_ context.Context, t radio.Transmission) radio.Emission { return emit(t) }

func emit(t radio.Transmission) radio.Emission {
	start, airtime := t.Trigger.At, t.Modulation.TimeOnAir(len(t.PHYPayload))
	if start.IsZero() {
		start = counterNow()
	}
	if ahead, ok := start.Sub(counterNow()); ok {
		time.Sleep(ahead + airtime) // of the bubble
	}
	return radio.Emission{Outcome: radio.Emitted, Loaded: start, Start: start, Airtime: airtime}
}

// witnessedAntenna looks at the world before each frame it emits.
type witnessedAntenna struct {
	antennaOnly
	look func(radio.Transmission)
}

func (a witnessedAntenna) Send(_ context.Context, t radio.Transmission) radio.Emission {
	a.look(t)
	return emit(t)
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
	return liveDutyWith(t, p, clock, antennaOnly{})
}

func liveDutyWith(t *testing.T, p *paper, clock func() time.Time, sender gateway.Sender) *dutyLife {
	t.Helper()
	tx := europeanTransmitter(t, sender)
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

func europeanTransmitter(t testing.TB, sender gateway.Sender) *gateway.Transmitter {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := gateway.NewTransmitter(sender, gateway.Rules{Plan: plan, Levels: []radio.DBm{1400}}, gateway.TransmitterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// send sends frames of a second or so in a sub-band of 1 %, and says how many were taken.
func (l *dutyLife) send(n int) (taken int) {
	l.t.Helper()
	for range n {
		if l.submit(onePercent, radio.Timing{}) == radio.TxOK {
			taken++
		}
		time.Sleep(3 * time.Second) // of the bubble
	}
	return taken
}

// Frequencies of sub-bands with 36 s and 3.6 s in an hour, and a frame of 1.3 s.
const (
	onePercent  radio.Hertz = 868_100_000
	onePermille radio.Hertz = 868_900_000
)

var dutyModulation = radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}

func (l *dutyLife) submit(f radio.Hertz, when radio.Timing) radio.TxStatus {
	answer := make(chan gateway.Answer, 1)
	l.tx.Submit(gateway.Submission{
		Command: gateway.Command{Items: []radio.Downlink{{
			PHYPayload: make([]byte, 20), Frequency: f, EIRP: 1400, Modulation: dutyModulation, When: when,
		}}},
		Answer: func(a gateway.Answer) { answer <- a },
	})
	return (<-answer).Status()
}

// used is what the sub-band of 36 s has spent.
func (l *dutyLife) used() time.Duration { return usedOf(l.t, l.tx, onePercent) }

func usedOf(t testing.TB, tx *gateway.Transmitter, f radio.Hertz) time.Duration {
	for _, d := range tx.DutyCycle() {
		if d.Range.Contains(f) {
			return d.Tracked
		}
	}
	t.Fatal("no such sub-band")
	return 0
}

// afterDeath is what a process finds spent of a sub-band that begins over what is on
// paper now.
func (p *paper) afterDeath(t testing.TB, clock func() time.Time, f radio.Hertz) time.Duration {
	t.Helper()
	p.mu.Lock()
	copied := &paper{text: p.text}
	p.mu.Unlock()
	tx := europeanTransmitter(t, antennaOnly{})
	(&dutyBook{transmitter: tx, notes: copied, clock: clock, log: quiet()}).restore(t.Context())
	return usedOf(t, tx, f)
}

// clean is the paper of a gateway that has sent nothing.
func clean() *paper { return &paper{text: []byte(`{"at_ms":1}`)} }

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
			p := clean()
			first := liveDuty(t, p, c.before)
			if n := first.send(18); n != 18 {
				t.Fatalf("%s: %d of 18 frames were taken", c.name, n)
			}
			used := first.used()
			first.end(c.closed)
			time.Sleep(c.away)
			second := liveDuty(t, p, c.then)
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
		p := clean()
		taken := 0
		for range 40 {
			l := liveDuty(t, p, time.Now)
			taken += l.send(1)
			l.end(false)
		}
		if spent := time.Duration(taken) * dutyModulation.TimeOnAir(20); taken < 5 || spent > 36*time.Second {
			t.Errorf("%d frames, %v within minutes", taken, spent)
		}
	})
}

// TestDutyIsSeldomWritten: a gateway that sends nothing writes at its start and its stop,
// one that sends all that it may some 32 times an hour.
func TestDutyIsSeldomWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := clean()
		l := liveDuty(t, p, time.Now)
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

// TestDutyIsWrittenBeforeItIsSpent: whenever a process dies, what it has on disk counts each
// frame that was on the air, however long it is and however small its sub-band's limit.
func TestDutyIsWrittenBeforeItIsSpent(t *testing.T) {
	for _, f := range []radio.Hertz{onePercent, onePermille} {
		synctest.Test(t, func(t *testing.T) {
			p, spent := clean(), time.Duration(0)
			l := liveDutyWith(t, p, time.Now, witnessedAntenna{look: func(tx radio.Transmission) {
				spent += tx.TimeOnAir()
				if found := p.afterDeath(t, time.Now, f); found < spent {
					t.Errorf("%v: a start after a death now finds %v spent, and %v were", f, found, spent)
				}
			}})
			for range 40 {
				l.submit(f, radio.Timing{})
				time.Sleep(1400 * time.Millisecond) // of the bubble
			}
			l.end(true)
			if spent < 2*time.Second {
				t.Errorf("%v: only %v were sent", f, spent)
			}
		})
	}
}

// TestDutyOfWhatWasAccepted: what is accepted may be on the air long after it was written
// down; it counts from then on, not from when it was written.
func TestDutyOfWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := clean()
		l := liveDuty(t, p, time.Now)
		const ahead = 100 * time.Second
		at := counterNow()
		at.Micros += uint64(ahead / time.Microsecond)
		if status := l.submit(onePermille, radio.Timing{At: at}); status != radio.TxOK {
			t.Fatal(status)
		}
		time.Sleep(ahead + 3*time.Second)
		l.end(false)
		time.Sleep(time.Hour - 30*time.Second)
		if found, want := p.afterDeath(t, time.Now, onePermille), dutyModulation.TimeOnAir(20); found < want {
			t.Errorf("within an hour of a frame %v are found spent, want %v", found, want)
		}
	})
}

// TestDutyOfAStubbornDisk: a book that can be read and not written may be an old one.
func TestDutyOfAStubbornDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for spent, want := range map[string]time.Duration{"": 18 * time.Second, `[[0,10000]]`: 18 * time.Second, `[[0,30000]]`: 30 * time.Second} {
			p := clean()
			if spent != "" {
				p.text = fmt.Appendf(nil, `{"at_ms":1,"bands":[{"name":%q,"low_hz":868000000,"high_hz":868600000,"spent_ms":%s}]}`, bandName(t, onePercent), spent)
			}
			p.readOnly = true
			tx := europeanTransmitter(t, antennaOnly{})
			d := &dutyBook{transmitter: tx, notes: p, clock: func() time.Time { return time.Time{} }, log: quiet()}
			d.restore(t.Context())
			if used := usedOf(t, tx, onePercent); used != want {
				t.Errorf("%s: %v are taken as used, want %v", spent, used, want)
			}
		}
	})
}

func bandName(t *testing.T, f radio.Hertz) string {
	for _, d := range europeanTransmitter(t, antennaOnly{}).DutyCycle() {
		if d.Range.Contains(f) {
			return d.Name
		}
	}
	t.Fatal("no such sub-band")
	return ""
}

// TestDutyUnknown: what is not there, as after a damaged or an older spool, or cannot be
// read is half of it; a disk that fails is tried again.
func TestDutyUnknown(t *testing.T) {
	for name, p := range map[string]*paper{"nothing": {}, "no JSON": {text: []byte("{")}, "a bad disk": {fault: errors.New("bad")}} {
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
	f.Fuzz(func(t *testing.T, text []byte) {
		tx := europeanTransmitter(t, antennaOnly{})
		d := &dutyBook{transmitter: tx, notes: &paper{text: text}, clock: time.Now, log: quiet()}
		d.restore(t.Context())
		for _, b := range tx.DutyCycle() {
			if b.Tracked < 0 {
				t.Errorf("%+v", b)
			}
		}
	})
}
