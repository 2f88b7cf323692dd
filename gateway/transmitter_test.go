package gateway

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
)

// fakeChip is a Sender on the clock of a synctest bubble. The zero policy emits
// everything as told.
type fakeChip struct {
	mu      sync.Mutex
	session uint64
	began   time.Time
	down    chan struct{}                            // closed when the session ends
	fate    func(radio.Transmission) *radio.Emission // instead of emitting, nil or result nil: emit
	sent    []radio.Transmission                     // all that was loaded
	busy    bool                                     // one is loaded
	faults  []string                                 // of the caller
}

func newChip() *fakeChip {
	return &fakeChip{session: 1, began: time.Now().Add(-134 * time.Second), down: make(chan struct{})}
}

func (c *fakeChip) Now() radio.Timestamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *fakeChip) nowLocked() radio.Timestamp {
	return radio.Timestamp{Session: c.session, Micros: uint64(time.Since(c.began) / time.Microsecond)}
}

// be changes the policy.
func (c *fakeChip) be(fate func(radio.Transmission) *radio.Emission) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fate = fate
}

// reboot begins another session, 0: stays off.
func (c *fakeChip) reboot(session uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.down)
	c.down, c.session, c.began = make(chan struct{}), session, time.Now().Add(-134*time.Second)
}

func (c *fakeChip) load(tx radio.Transmission) (chan struct{}, time.Duration, radio.Emission, *radio.Emission) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy {
		c.faults = append(c.faults, "a frame is loaded over another")
	}
	c.busy = true
	c.sent = append(c.sent, tx)
	e := radio.Emission{Outcome: radio.Emitted, Start: tx.Trigger.At, Airtime: tx.TimeOnAir(), Conducted: tx.Conducted, Loaded: c.nowLocked()}
	var other *radio.Emission
	if c.fate != nil {
		other = c.fate(tx)
	}
	wait, ok := tx.Trigger.At.Sub(e.Loaded)
	if other == nil && (!ok || wait < 0) {
		other = &radio.Emission{Outcome: radio.Missed, Loaded: e.Loaded, Conducted: tx.Conducted}
	}
	return c.down, wait, e, other
}

func (c *fakeChip) Send(ctx context.Context, tx radio.Transmission) radio.Emission {
	down, wait, e, other := c.load(tx)
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy = false
	}()
	if other != nil {
		return *other
	}
	loaded := time.Now()
	timer := time.NewTimer(wait + e.Airtime)
	defer timer.Stop()
	select {
	case <-timer.C:
		return e
	case <-ctx.Done():
		e.Outcome, e.Cause = radio.Aborted, "told to"
	case <-down:
		e.Outcome, e.Cause = radio.Faulted, "no chip"
	}
	if e.Airtime = time.Since(loaded) - wait; e.Airtime <= 0 {
		e.Airtime, e.Start = 0, radio.Timestamp{}
	}
	return e
}

// customer submits and keeps what it is told.
type customer struct {
	t    *Transmitter
	chip *fakeChip

	mu      sync.Mutex
	ids     uint32
	answers map[uint32][]Answer
	reports map[uint32][]Report
}

func newCustomer(t *Transmitter, c *fakeChip) *customer {
	return &customer{t: t, chip: c, answers: make(map[uint32][]Answer), reports: make(map[uint32][]Report)}
}

// transmitting runs a transmitter in a synctest bubble.
func transmitting(t *testing.T, rules Rules, o TransmitterOptions) (c *customer, stop func()) {
	t.Helper()
	chip := newChip()
	tx, err := NewTransmitter(chip, rules, o)
	if err != nil {
		t.Fatal(err)
	}
	c = newCustomer(tx, chip)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- tx.Run(ctx) }()
	return c, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the transmitter ends with %v", err)
		}
		for _, f := range chip.faults {
			t.Error(f)
		}
	}
}

func (c *customer) submit(cmd Command) uint32 {
	c.mu.Lock()
	c.ids++
	cmd.ID = c.ids
	c.mu.Unlock()
	c.t.Submit(Submission{
		Command: cmd,
		Answer: func(a Answer) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.answers[a.ID] = append(c.answers[a.ID], a)
		},
		Report: func(r Report) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if len(c.answers[r.ID]) == 0 {
				panic("reported before it was answered")
			}
			c.reports[r.ID] = append(c.reports[r.ID], r)
		},
	})
	return cmd.ID
}

// at923 submits a downlink some time ahead, 0: at once.
func (c *customer) at923(ahead time.Duration) uint32 {
	d := down(923_300_000, 2000)
	if ahead > 0 {
		d.When.At = c.chip.Now().Add(ahead)
	}
	return c.submit(command(d))
}

// told checks the only status and, of an accepted command, the only outcome; 0: none
// yet.
func (c *customer) told(t *testing.T, id uint32, status radio.TxStatus, outcome radio.EmissionOutcome) {
	t.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.answers[id]; len(a) != 1 || a[0].Status() != status {
		t.Errorf("command %d is answered %v, want %v", id, a, status)
	}
	r := c.reports[id]
	if outcome == 0 {
		if len(r) != 0 {
			t.Errorf("command %d is reported %+v", id, r)
		}
		return
	}
	if len(r) != 1 || r[0].Emission.Outcome != outcome {
		t.Errorf("command %d is reported %+v, want %v", id, r, outcome)
	}
}

// allTold checks that each of so many commands has one answer, and one report if it was
// accepted.
func (c *customer) allTold(t *testing.T, commands int) {
	t.Helper()
	if len(c.answers) != commands {
		t.Errorf("%d answers to %d commands", len(c.answers), commands)
	}
	for id, a := range c.answers {
		if _, accepted := a[0].Accepted(); len(a) != 1 || accepted != (len(c.reports[id]) == 1) {
			t.Errorf("command %d: %v, reported %+v", id, a, c.reports[id])
		}
	}
}

func TestTransmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, stop := transmitting(t, american(t), TransmitterOptions{})
		asked := c.chip.Now().Add(time.Second)
		id := c.at923(time.Second)
		refused := c.at923(ms)
		c.told(t, id, radio.TxOK, 0)
		c.told(t, refused, radio.TxTooLate, 0)
		time.Sleep(time.Second + airtime)
		c.told(t, id, radio.TxOK, radio.Emitted)
		e := c.reports[id][0].Emission
		if lead, _ := e.Lead(); e.Start != asked || lead != time.Second {
			t.Errorf("on the air at %v, asked for %v, loaded %v before", e.Start, asked, lead)
		}
		stop()
	})
}

// TestTransmitsOthersFirst: a later command that comes before takes the place of what is
// loaded; what floats moves on.
func TestTransmitsOthersFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, stop := transmitting(t, american(t), TransmitterOptions{})
		late := c.at923(900 * ms)
		floating := c.at923(0)
		synctest.Wait()
		early := c.at923(90 * ms)
		time.Sleep(time.Second)
		for _, id := range []uint32{late, floating, early} {
			c.told(t, id, radio.TxOK, radio.Emitted)
		}
		start := func(id uint32) uint64 { return c.reports[id][0].Emission.Start.Micros }
		if a, b, d := start(early), start(floating), start(late); a >= b || b >= d {
			t.Errorf("on the air at %d, %d and %d", a, b, d)
		}
		if len(c.chip.sent) != 5 { // late, floating, early, floating, late
			t.Errorf("%d loads", len(c.chip.sent))
		}
		stop()
	})
}

// TestTransmitterTellsFailures: each outcome of a chain is reported as it is.
func TestTransmitterTellsFailures(t *testing.T) {
	for _, o := range []radio.EmissionOutcome{radio.Blocked, radio.Missed, radio.Faulted, radio.Aborted, radio.Unusable} {
		synctest.Test(t, func(t *testing.T) {
			c, stop := transmitting(t, american(t), TransmitterOptions{})
			c.chip.be(func(radio.Transmission) *radio.Emission { return &radio.Emission{Outcome: o, Cause: "a test"} })
			id := c.at923(time.Second)
			c.told(t, id, radio.TxOK, o)
			stop()
		})
	}
}

// TestTransmitterSeesReboot: with a frame on the chain and one that waits.
func TestTransmitterSeesReboot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, stop := transmitting(t, american(t), TransmitterOptions{})
		onAir, queued := c.at923(100*ms), c.at923(time.Minute)
		time.Sleep(120 * ms)
		stale := c.chip.Now().Add(time.Second)
		c.chip.reboot(0)
		time.Sleep(2 * time.Second)
		c.told(t, onAir, radio.TxOK, radio.Faulted)
		c.told(t, queued, radio.TxOK, radio.Faulted)
		if e := c.reports[onAir][0].Emission; e.Airtime != 20*ms {
			t.Errorf("%v on the air", e.Airtime)
		}
		c.told(t, c.at923(time.Second), radio.TxInternalError, 0)
		c.chip.reboot(2)
		d := down(923_300_000, 2000)
		d.When.At = stale
		c.told(t, c.submit(command(d)), radio.TxTooLate, 0)
		again := c.at923(time.Second)
		time.Sleep(2 * time.Second)
		c.told(t, again, radio.TxOK, radio.Emitted)
		stop()
	})
}

// TestTransmitterStops with a frame on the air, one that waits, and commands that nobody
// has looked at; what comes afterwards is answered too.
func TestTransmitterStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, stop := transmitting(t, american(t), TransmitterOptions{})
		onAir, queued := c.at923(100*ms), c.at923(time.Minute)
		time.Sleep(120 * ms)
		stop()
		c.told(t, onAir, radio.TxOK, radio.Aborted)
		c.told(t, queued, radio.TxOK, radio.Aborted)
		c.told(t, c.at923(time.Second), radio.TxInternalError, 0)
	})
}

// TestInboxIsBounded: before Run has looked at anything, and at its end.
func TestInboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip := newChip()
		tx, err := NewTransmitter(chip, american(t), TransmitterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := newCustomer(tx, chip)
		for range inboxSize {
			c.at923(time.Second)
		}
		c.told(t, c.at923(time.Second), radio.TxQueueFull, 0)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := tx.Run(ctx); err != nil {
			t.Error(err)
		}
		c.allTold(t, inboxSize+1)
	})
}

func TestTransmitterAsksForGPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		locked := false
		var chip *fakeChip
		c, stop := transmitting(t, american(t), TransmitterOptions{GPS: func() (radio.GPSReference, bool) {
			return radio.GPSReference{At: chip.Now(), GPS: pulseGPS}, locked
		}})
		chip = c.chip
		d := down(923_300_000, 2000)
		d.When.GPS = pulseGPS + time.Second
		c.told(t, c.submit(command(d)), radio.TxGPSUnlocked, 0)
		locked = true
		id := c.submit(command(d))
		time.Sleep(2 * time.Second)
		c.told(t, id, radio.TxOK, radio.Emitted)
		stop()
	})
}

// TestTransmitterCounts what ChirpStack's statistics have.
func TestTransmitterCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStatistics()
		c, stop := transmitting(t, european(t), TransmitterOptions{Statistics: s})
		d := down(868_100_000, 1400)
		c.submit(command(d))
		time.Sleep(time.Second)
		earlier := s.Totals()
		c.submit(command(d))
		time.Sleep(time.Second)
		c.chip.be(func(radio.Transmission) *radio.Emission { return &radio.Emission{Outcome: radio.Faulted} })
		c.submit(command(d))
		d.EIRP = 3000
		c.submit(command(d))
		c.submit(command())
		synctest.Wait()
		stop()
		got := s.Totals().Since(earlier)
		if got.Downlinks != 4 || got.Emitted != 1 ||
			!maps.Equal(got.EmittedFrequency, map[radio.Hertz]uint64{868_100_000: 1}) ||
			!maps.Equal(got.EmittedModulation, map[radio.Modulation]uint64{sf(7, 125): 1}) ||
			!maps.Equal(got.PerStatus, map[radio.TxStatus]uint64{radio.TxOK: 2, radio.TxPower: 1, radio.TxInternalError: 1}) ||
			!maps.Equal(got.PerEmission, map[radio.EmissionOutcome]uint64{radio.Emitted: 1, radio.Faulted: 1}) {
			t.Errorf("%+v", got)
		}
		i := slices.IndexFunc(got.DutyCycle, func(b DutyCycle) bool { return b.Name == "M" })
		want := DutyCycle{Name: "M", Range: radio.Range{Min: 868_000_000, Max: 868_600_000}, Max: 36 * time.Second, Tracked: 2 * airtime}
		if len(got.DutyCycle) != 6 || i < 0 || got.DutyCycle[i] != want {
			t.Errorf("%+v", got.DutyCycle)
		}
	})
}

// TestEmittedKindsAreBounded: a network cannot fill the memory with frequencies.
func TestEmittedKindsAreBounded(t *testing.T) {
	s := NewStatistics()
	for i := range 1000 {
		d := down(900_000_000+radio.Hertz(i), 0)
		d.Modulation = radio.FSK{BitRate: uint32(i)}
		s.reported(Report{Downlink: d, Emission: radio.Emission{Outcome: radio.Emitted}})
	}
	if got := s.Totals(); got.Emitted != 1000 || len(got.EmittedFrequency) != mostKinds || len(got.EmittedModulation) != mostKinds {
		t.Errorf("%d, %d, %d", got.Emitted, len(got.EmittedFrequency), len(got.EmittedModulation))
	}
}

// TestManyCustomers submit at once, while the radio is started anew and the transmitter
// stops: nobody is left without an answer or a report.
func TestManyCustomers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, stop := transmitting(t, american(t), TransmitterOptions{Statistics: NewStatistics()})
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				for i := range 200 {
					time.Sleep(time.Duration(13*n+7*i) * ms)
					c.at923(time.Duration((n*i)%20) * 100 * ms)
					c.t.DutyCycle()
				}
			})
		}
		time.Sleep(time.Minute)
		c.chip.reboot(2)
		time.Sleep(time.Minute)
		stop()
		all.Wait()
		synctest.Wait()
		c.allTold(t, 1600)
	})
}
