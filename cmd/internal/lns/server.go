package lns

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// Counts are what a server has seen and done, besides its ledger.
type Counts struct {
	Receptions     int // by gateways
	Packets        int // receptions of one frame counted once
	Late           int // receptions after the answer to the frame was decided
	Dropped        int // receptions beyond what is collected at a time
	Foreign        int // packets that are none of our devices', or forged
	Stale          int // packets with a used nonce or counter
	JoinRequests   int // that were answered
	Joined         int // devices that have used a session
	Uplinks        int // new messages
	Repeats        int // messages that had come before
	Confirmed      int // new messages that asked for an acknowledgement
	Data           int // downlinks with application data, each once
	DataConfirmed  int // of them, those that were to be acknowledged
	DataAcked      int // of them, acknowledged
	DataUnanswered int // of them, given up
}

// Server is the network server. It is not safe for several goroutines.
type Server struct {
	config    Config
	random    *rand.Rand
	collector *collector
	ledger    *Ledger
	plans     plans
	counts    Counts

	byEUI      map[lorawan.EUI64]*member
	byAddress  map[lorawan.DevAddr]*member
	classC     []*member
	joinSecond radio.LoRa // rate of RX2 before a device has joined
	second     radio.LoRa // afterwards
	nonce      lorawan.JoinNonce
	id         uint32 // of the last command
	resting    bool
}

// New makes a server that nobody has joined.
func New(c Config) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	s := &Server{
		config: c, random: rand.New(rand.NewPCG(c.Seed, 0x6c6e73)), collector: newCollector(c.Collect), ledger: NewLedger(),
		plans: plans{}, byEUI: map[lorawan.EUI64]*member{}, byAddress: map[lorawan.DevAddr]*member{},
	}
	s.joinSecond, _ = c.second(c.Plan.RX2.DataRate) // Validate has looked
	s.second, _ = c.second(c.RX2Rate)
	s.id = s.random.Uint32()
	for i, r := range c.Devices {
		if err := s.register(i, r); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Server) register(number int, r Registration) error {
	m := &member{registration: r, address: addressOf(s.config.Network, number), nonces: map[lorawan.DevNonce]bool{}}
	if s.byEUI[m.eui()] != nil || s.byAddress[m.address] != nil {
		return fmt.Errorf("device %v is registered twice", m.eui())
	}
	s.byEUI[m.eui()], s.byAddress[m.address] = m, m
	if r.ClassC {
		s.classC = append(s.classC, m)
	}
	return nil
}

// Counts are what has been seen and done so far.
func (s *Server) Counts() Counts {
	c := s.counts
	c.Late, c.Dropped = s.collector.late, s.collector.dropped
	return c
}

// Ledger is of all downlinks. It is the server's own: only to be read.
func (s *Server) Ledger() *Ledger { return s.ledger }

// Rest ends what the server begins: from now on it commands nothing. What was
// commanded ends as usual.
func (s *Server) Rest() { s.resting = true }

// Joined says whether a device has used a session.
func (s *Server) Joined(device lorawan.EUI64) bool {
	m := s.byEUI[device]
	return m != nil && m.current != nil
}

// Session is the session a device uses, false if there is none.
func (s *Server) Session(device lorawan.EUI64) (otaa.Session, bool) {
	if !s.Joined(device) {
		return otaa.Session{}, false
	}
	return s.byEUI[device].current.session, true
}

// Next is when the server wants a Tick, false if it waits for nothing.
func (s *Server) Next() (time.Duration, bool) {
	next, ok := s.collector.next()
	if at, has := s.ledger.Next(); has && (!ok || at < next) {
		next, ok = at, true
	}
	for _, m := range s.classC {
		if m.nextC > 0 && !s.resting && (!ok || m.nextC < next) {
			next, ok = m.nextC, true
		}
	}
	return next, ok
}

// Step tells the server of an event and gives what it does. Times never go back.
func (s *Server) Step(at time.Duration, e Event) []Action {
	switch e := e.(type) {
	case Uplink:
		s.counts.Receptions++
		s.collector.add(at, e)
	case Ack:
		return s.acked(at, e)
	case Report:
		return ended(s.ledger.Report(at, e))
	case Tick:
		return s.tick(at)
	}
	return nil
}

func (s *Server) tick(at time.Duration) []Action {
	var actions []Action
	for c := s.collector.due(at); c != nil; c = s.collector.due(at) {
		s.counts.Packets++
		actions = append(actions, s.packet(at, c)...)
	}
	for _, m := range s.classC {
		if m.nextC > 0 && m.nextC <= at && !s.resting {
			actions = append(actions, s.sendC(at, m)...)
		}
	}
	for _, e := range s.ledger.Expire(at) {
		actions = append(actions, ended(e)...)
	}
	return actions
}

// acked takes an answer, and corrects when the gateway sends.
func (s *Server) acked(at time.Duration, a Ack) []Action {
	e := s.ledger.Ack(at, a)
	if e == nil {
		return nil
	}
	item, ok := e.Accepted()
	switch {
	case !ok:
		s.plans.release(a.Gateway, a.ID)
	case item.Slot == RX2:
		s.plans.release(a.Gateway, a.ID)
		from := e.Commanded + item.Delay
		s.plans.take(at, a.Gateway, span{a.ID, from, from + item.Modulation.TimeOnAir(len(item.Payload))})
	}
	return ended(e)
}

// ended tells of a downlink that has ended, and of no other.
func ended(e *Entry) []Action {
	if e == nil || e.Fate == Open {
		return nil
	}
	return []Action{Downlink{*e}}
}
