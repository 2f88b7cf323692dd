package lns

import (
	"math"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// leastLead is how long before its instant a frame must be commanded.
const leastLead = 50 * time.Millisecond

// answer sends a device what it is owed after an uplink, nothing if that is nothing.
func (s *Server) answer(at time.Duration, c *collection, m *member, l *link, acknowledge bool) []Action {
	if s.resting || !acknowledge && m.task == nil {
		return nil
	}
	payload, err := dataDown(m, l, acknowledge)
	if err != nil {
		return nil
	}
	actions := s.command(at, c, m, payload, purposeOf(m), otaa.DataDelay(s.config.RXDelay))
	if actions != nil {
		s.sent(m, l)
	}
	return actions
}

func purposeOf(m *member) Purpose {
	if m.task != nil {
		return Application
	}
	return Acknowledge
}

// sent is after a frame was commanded: its counter is used, and confirmed data
// waits for the device's next uplink.
func (s *Server) sent(m *member, l *link) {
	l.down++
	t := m.task
	m.task = nil
	if t != nil && t.confirmed {
		t.tries++
		m.unsure = t
	}
}

// downPort is where application data goes to.
const downPort = 3

func dataDown(m *member, l *link, acknowledge bool) ([]byte, error) {
	body := &lorawan.MACPayload{FHDR: lorawan.FHDR{
		DevAddr: l.session.Address, FCtrl: lorawan.FCtrl{ACK: acknowledge}, FCnt: l.down,
	}}
	frame := lorawan.PHYPayload{MHDR: lorawan.MHDR{MType: lorawan.UnconfirmedDataDown, Major: lorawan.LoRaWANR1}, MACPayload: body}
	if t := m.task; t != nil {
		port := uint8(downPort)
		body.FPort, body.FRMPayload = &port, []lorawan.Payload{&lorawan.DataPayload{Bytes: t.data}}
		if t.confirmed {
			frame.MHDR.MType = lorawan.ConfirmedDataDown
		}
	}
	if err := frame.EncryptFRMPayload(l.session.App); err != nil {
		return nil, err
	}
	if err := frame.SetDownlinkDataMIC(lorawan.LoRaWAN1_0, 0, l.session.Network); err != nil {
		return nil, err
	}
	return frame.MarshalBinary()
}

// command asks the best gateway that has time, in RX1 rather than in RX2. What is
// hopeless is not asked for.
func (s *Server) command(at time.Duration, c *collection, m *member, payload []byte, purpose Purpose, delay time.Duration) []Action {
	if s.resting {
		return nil
	}
	for _, slot := range []Slot{RX1, RX2} {
		for i, u := range c.uplinks {
			if slot == RX1 && i > 0 && !reaches(u) {
				continue
			}
			if items := s.itemsFrom(slot, at, c, u, payload, delay); len(items) > 0 {
				return s.enter(at, c.opened, m, purpose, Command{Gateway: u.Gateway, Context: u.Context, Items: items})
			}
		}
	}
	s.ledger.tally.Withheld++
	return nil
}

// leastSpare is how much better than it had to a gateway must have heard a device, so
// that another one is not better asked for RX2: devices hear some 3 dB worse.
const leastSpare radio.DB = 500

func reaches(u Uplink) bool {
	m, ok := u.Modulation.(radio.LoRa)
	return ok && u.SNR >= m.SF.LeastSNR()+leastSpare
}

// itemsFrom are the ways to send through a gateway, beginning with slot; none if it
// has no time for that one.
func (s *Server) itemsFrom(slot Slot, at time.Duration, c *collection, u Uplink, payload []byte, delay time.Duration) []Item {
	var items []Item
	for _, item := range s.ways(u, payload, delay) {
		from := c.opened + item.Delay
		possible := from >= at+leastLead && s.plans.free(u.Gateway, from, from+item.airtime())
		if item.Slot == slot && !possible {
			return nil
		}
		if item.Slot >= slot && possible {
			items = append(items, item)
		}
	}
	if len(items) == 0 || items[0].Slot != slot {
		return nil
	}
	return items
}

func (i Item) airtime() time.Duration { return i.Modulation.TimeOnAir(len(i.Payload)) }

// ways are RX1, if the uplink's channel and rate have one, and RX2.
func (s *Server) ways(u Uplink, payload []byte, delay time.Duration) []Item {
	var items []Item
	f, ok := s.config.Plan.RX1Frequency(u.Frequency)
	rate, fits := otaa.AnswerRate(s.config.Plan, u.Modulation)
	if ok && fits {
		items = s.appendItem(items, Item{Slot: RX1, Payload: payload, Frequency: f, Modulation: rate, Delay: delay})
	}
	second := s.second
	if delay == otaa.JoinDelay {
		second = s.joinSecond
	}
	return s.appendItem(items, Item{
		Slot: RX2, Payload: payload, Frequency: s.config.Plan.RX2.Frequency, Modulation: second, Delay: delay + otaa.SecondAfter,
	})
}

// appendItem gives an item the most power that is allowed, if any is.
func (s *Server) appendItem(items []Item, item Item) []Item {
	eirp, ok := s.config.Plan.MaxEIRP(item.Frequency)
	if !ok {
		return items
	}
	item.EIRP = radio.DBm(math.Floor(eirp.Float()) * 100) // commands have whole dBm
	return append(items, item)
}

// enter commands a downlink whose delays count from an instant.
func (s *Server) enter(at, from time.Duration, m *member, purpose Purpose, c Command) []Action {
	if s.ledger.Full() {
		s.ledger.tally.Withheld++
		return nil
	}
	s.id++
	c.ID = s.id
	s.ledger.Enter(at, Entry{Command: c, Device: m.eui(), Purpose: purpose})
	start := from + c.Items[0].Delay
	s.plans.take(at, c.Gateway, span{c.ID, start, start + c.Items[0].airtime()})
	return []Action{c}
}
