package lns

import (
	"bytes"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// packet handles a frame that is complete.
func (s *Server) packet(at time.Duration, c *collection) []Action {
	p := Packet{Best: c.uplinks[0], Gateways: len(c.uplinks)}
	var frame lorawan.PHYPayload
	var more []Action
	if len(p.Best.Payload) <= radio.MaxFrame && frame.UnmarshalBinary(bytes.Clone(p.Best.Payload)) == nil {
		switch body := frame.MACPayload.(type) {
		case *lorawan.JoinRequestPayload:
			more = s.join(at, c, &p, frame, body)
		case *lorawan.MACPayload:
			more = s.data(at, c, &p, frame, body)
		}
	}
	s.count(p)
	return append([]Action{p}, more...)
}

func (s *Server) count(p Packet) {
	switch p.Kind {
	case Unknown:
		s.counts.Foreign++
	case JoinSeen, Old:
		s.counts.Stale++
	case Join:
		s.counts.JoinRequests++
	case Again:
		s.counts.Repeats++
	case Data:
		s.counts.Uplinks++
		if p.Confirmed {
			s.counts.Confirmed++
		}
	}
}

// data handles a data frame.
func (s *Server) data(at time.Duration, c *collection, p *Packet, frame lorawan.PHYPayload, body *lorawan.MACPayload) []Action {
	p.Confirmed = frame.MHDR.MType == lorawan.ConfirmedDataUp
	m := s.byAddress[body.FHDR.DevAddr]
	if m == nil || !p.Confirmed && frame.MHDR.MType != lorawan.UnconfirmedDataUp {
		return nil
	}
	l, freshness := authentic(m, frame, body)
	if l == nil {
		if freshness == otaa.Stale && m.current != nil {
			p.Kind = Old
		}
		return nil
	}
	p.Device = m.eui()
	m.heard, m.gateway = at, p.Best.Gateway
	if freshness == otaa.Repeat {
		p.Kind = Again
		return s.answer(at, c, m, l, p.Confirmed)
	}
	p.Kind = Data
	l.up.Advance(body.FHDR.FCnt)
	if m.current == nil {
		s.counts.Joined++
	}
	m.adopt(l)
	actions := deliver(m, l, &frame, body, p.Confirmed)
	s.resolve(m, body.FHDR.FCtrl.ACK)
	s.think(at, m)
	return append(actions, s.answer(at, c, m, l, p.Confirmed)...)
}

// authentic finds the session that a frame belongs to, nil if there is none, and
// completes its counter.
func authentic(m *member, frame lorawan.PHYPayload, body *lorawan.MACPayload) (*link, otaa.Freshness) {
	low, seen := uint16(body.FHDR.FCnt), otaa.Stale
	for _, l := range m.links() {
		full, freshness := l.up.Full(low)
		if freshness == otaa.Stale {
			continue
		}
		seen = freshness
		body.FHDR.FCnt = full
		ok, err := frame.ValidateUplinkDataMIC(lorawan.LoRaWAN1_0, 0, 0, 0, l.session.Network, l.session.Network)
		if err == nil && ok {
			return l, freshness
		}
	}
	return nil, seen
}

// deliver hands a new message to its application.
func deliver(m *member, l *link, frame *lorawan.PHYPayload, body *lorawan.MACPayload, confirmed bool) []Action {
	if body.FPort == nil || *body.FPort == 0 || frame.DecryptFRMPayload(l.session.App) != nil {
		return nil
	}
	d := Delivery{Device: m.eui(), Counter: body.FHDR.FCnt, Confirmed: confirmed, Port: *body.FPort}
	for _, p := range body.FRMPayload {
		if plain, ok := p.(*lorawan.DataPayload); ok {
			d.Data = append(d.Data, plain.Bytes...)
		}
	}
	return []Action{d}
}

// resolve settles confirmed data: a new uplink after it acknowledges it or does not.
func (s *Server) resolve(m *member, acknowledged bool) {
	t := m.unsure
	m.unsure = nil
	switch {
	case t == nil:
	case acknowledged:
		s.counts.DataAcked++
	case t.tries >= tasksMost:
		s.counts.DataUnanswered++
	case m.task == nil:
		m.task = t
	}
}

// think has ideas for application data.
func (s *Server) think(at time.Duration, m *member) {
	if m.registration.ClassC && m.nextC == 0 {
		m.nextC = at + s.pauseC()
	}
	if m.task == nil && m.unsure == nil && s.random.Float64() < s.config.Downlinks {
		m.task = s.newTask()
	}
}

// newTask is new data, as short as any region's slowest rate allows.
func (s *Server) newTask() *task {
	t := &task{data: make([]byte, 1+s.random.IntN(10)), confirmed: s.random.IntN(2) == 0}
	for i := range t.data {
		t.data[i] = byte(s.random.Uint32())
	}
	s.counts.Data++
	if t.confirmed {
		s.counts.DataConfirmed++
	}
	return t
}
