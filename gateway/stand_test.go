package gateway

import (
	"time"

	"hexspot/radio"
)

// stand is a queue on a transmit chain made of a few lines, with a time that only a
// test moves. What the chain does with a frame is the test's choice; by default it
// emits it as told.
type stand struct {
	t       failer
	queue   *Queue
	now     Instant
	drift   int64         // how much the counter runs fast, in parts per million
	boot    time.Duration // on the clock, when the counter began
	held    *held         // by the chain
	fate    func(*held)   // of a frame when it is loaded, nil: emitted
	deaf    func() bool   // whether the chain does not heed what takes a frame back, nil: never
	lag     time.Duration // from the end of an emission until the queue is told
	air     []aired
	ids     uint32
	taken   map[Ticket]uint32 // accepted commands
	answers map[uint32]Answer
	reports map[uint32][]Report
}

// failer is a test, ordinary or of rapid.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// held is a frame on the chain: how it will end, and when on the clock.
type held struct {
	ticket   Ticket
	load     radio.Transmission
	start    time.Duration // of the trigger, on the clock
	emission radio.Emission
	began    bool // it will be on the air
	ends     time.Duration
	told     time.Duration // when the queue is
}

// aired is a stretch of time on the air.
type aired struct {
	span
	ticket Ticket
	load   radio.Transmission
	whole  bool
}

func newStand(t failer, r Rules) *stand {
	t.Helper()
	q, err := NewQueue(r)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{
		t: t, queue: q, taken: make(map[Ticket]uint32),
		answers: make(map[uint32]Answer), reports: make(map[uint32][]Report),
	}
	s.now.Clock = time.Minute
	s.reboot(1)
	return s
}

// reboot begins a session, 0: the radio is off.
func (s *stand) reboot(session uint64) {
	s.boot = s.now.Clock - 134*time.Second // a counter starts at one period
	s.now.Counter = radio.Timestamp{Session: session}
	s.set(s.now.Clock)
	if h := s.held; h != nil && h.emission.Outcome == 0 {
		s.t.Fatal("a frame without a fate")
	}
	s.interrupt(radio.Faulted)
	s.turn()
}

// set moves the time, nothing else.
func (s *stand) set(clock time.Duration) {
	s.now.Clock = clock
	if s.now.Counter.Session != 0 {
		d := clock - s.boot
		s.now.Counter.Micros = uint64((d + d/1_000_000*time.Duration(s.drift)) / time.Microsecond)
	}
}

// clockAt is when the clock shows a counter of the present session.
func (s *stand) clockAt(t radio.Timestamp) time.Duration {
	d := sinceStart(t)
	return s.boot + d - d/(1_000_000+time.Duration(s.drift))*time.Duration(s.drift)
}

// submit gives a command to the queue, with a number of its own.
func (s *stand) submit(c Command) Answer { return s.submitGPS(c, radio.GPSReference{}) }

func (s *stand) submitGPS(c Command, gps radio.GPSReference) Answer {
	s.ids++
	c.ID = s.ids
	a, ticket, ended := s.queue.Enqueue(s.now, c, gps)
	s.answers[c.ID] = a
	if _, ok := a.Accepted(); ok {
		s.taken[ticket] = c.ID
	}
	s.note(ended)
	s.turn()
	return a
}

// send is submit for one downlink, at once if it has no instant, and waits for its end.
func (s *stand) send(d radio.Downlink) radio.TxStatus {
	s.t.Helper()
	a := s.submit(Command{Items: []radio.Downlink{d}, Priority: PriorityDownlink})
	if a.Status() != radio.TxOK {
		return a.Status()
	}
	s.finish()
	if r := s.reports[a.ID]; len(r) != 1 || r[0].Emission.Outcome != radio.Emitted {
		s.t.Fatalf("accepted, but ended as %+v", r)
	}
	return radio.TxOK
}

func (s *stand) note(ended []Ended) {
	for _, e := range ended {
		id, ok := s.taken[e.Ticket]
		if !ok || id != e.Report.ID {
			s.t.Fatalf("a report of command %d with ticket %d, which is of %d", e.Report.ID, e.Ticket, id)
		}
		s.reports[id] = append(s.reports[id], e.Report)
	}
}

// turn does what the queue asks for, as Transmitter does.
func (s *stand) turn() time.Duration {
	for {
		step, ended := s.queue.Next(s.now)
		s.note(ended)
		switch step.Do {
		case Load:
			s.load()
		case TakeBack:
			s.queue.TakeBack()
			if s.deaf == nil || !s.deaf() {
				s.interrupt(radio.Aborted)
			}
		default:
			return step.Wait
		}
	}
}

func (s *stand) load() {
	if s.held != nil {
		s.t.Fatal("a frame is loaded while the chain holds one")
	}
	ticket, load := s.queue.Load(s.now)
	if load.Trigger.At.Session != s.now.Counter.Session {
		s.t.Fatalf("a frame of session %v is loaded in %v", load.Trigger.At, s.now.Counter)
	}
	h := &held{ticket: ticket, load: load, start: s.clockAt(load.Trigger.At), began: true}
	if h.start < s.now.Clock {
		s.t.Fatalf("loaded %v after its time", s.now.Clock-h.start)
	}
	h.ends = h.start + load.TimeOnAir()
	h.emission = radio.Emission{
		Outcome: radio.Emitted, Start: load.Trigger.At, Airtime: load.TimeOnAir(),
		Conducted: load.Conducted, Loaded: s.now.Counter,
	}
	if s.fate != nil {
		s.fate(h)
	}
	h.told = h.ends + s.lag
	s.held = h
}

// silence makes the frame end without an emission, at an instant of the clock.
func (h *held) silence(o radio.EmissionOutcome, at time.Duration) {
	h.began, h.ends = false, at
	h.emission.Outcome, h.emission.Start, h.emission.Airtime = o, radio.Timestamp{}, 0
}

// cut makes the emission end early.
func (h *held) cut(o radio.EmissionOutcome, at time.Duration) {
	h.ends = at
	h.emission.Outcome, h.emission.Airtime = o, at-h.start
}

// interrupt ends what the chain holds now.
func (s *stand) interrupt(o radio.EmissionOutcome) {
	h := s.held
	if h == nil || h.ends <= s.now.Clock {
		return
	}
	if h.began && h.start < s.now.Clock {
		h.cut(o, s.now.Clock)
	} else {
		h.silence(o, s.now.Clock)
	}
	h.told = h.ends + s.lag
}

// advance lets time pass.
func (s *stand) advance(d time.Duration) {
	until := s.now.Clock + d
	for {
		wait := s.turn()
		next := until
		if wait > 0 {
			next = min(next, s.now.Clock+wait)
		}
		if s.held != nil {
			next = min(next, max(s.held.told, s.now.Clock))
		}
		s.set(next)
		if s.held != nil && s.held.told <= next {
			s.settle()
			continue
		}
		if next == until {
			s.turn()
			return
		}
	}
}

func (s *stand) settle() {
	h := s.held
	s.held = nil
	if h.began {
		s.air = append(s.air, aired{span{h.start, h.ends}, h.ticket, h.load, h.emission.Outcome == radio.Emitted})
	}
	s.note(s.queue.Settle(s.now, h.emission))
}

// finish lets time pass until nothing is to be sent any more.
func (s *stand) finish() {
	for len(s.queue.entries) > 0 || s.queue.chain != nil {
		s.advance(10 * time.Millisecond)
	}
}

// at is a counter some time ahead.
func (s *stand) at(d time.Duration) radio.Timestamp { return s.now.Counter.Add(d) }
