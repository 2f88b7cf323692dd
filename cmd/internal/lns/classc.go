package lns

import "time"

// Downlinks to class C keep clear of the windows after an uplink, which are the
// device's own business.
const (
	keepClear = 4 * time.Second
	tryAgain  = time.Second
)

// sendC sends class C data at once through the gateway that heard the device last,
// or thinks again later.
func (s *Server) sendC(at time.Duration, m *member) []Action {
	l := m.current
	item := s.wayC()
	if l == nil || item == nil || at < m.heard+keepClear || m.task != nil || m.unsure != nil ||
		!s.plans.free(m.gateway, at, at+item.Modulation.TimeOnAir(maxDataC)) {
		m.nextC = at + tryAgain
		return nil
	}
	m.nextC = at + s.pauseC()
	m.task = s.newTask()
	payload, err := dataDown(m, l, false)
	if err != nil {
		return nil
	}
	item.Payload = payload
	actions := s.enter(at, at, m, Application, Command{Gateway: m.gateway, Items: []Item{*item}})
	if actions != nil {
		s.sent(m, l)
	}
	return actions
}

// maxDataC is the size of the longest frame that newTask leads to.
const maxDataC = 13 + 10

// wayC is how class C is sent to, without the payload; nil if that is not allowed.
func (s *Server) wayC() *Item {
	items := s.appendItem(nil, Item{Slot: Immediate, Frequency: s.config.Plan.RX2.Frequency, Modulation: s.second})
	if len(items) == 0 {
		return nil
	}
	return &items[0]
}

// pauseC is the time to the next downlink.
func (s *Server) pauseC() time.Duration {
	half := float64(s.config.ClassC) / 2
	return time.Duration(half + s.random.ExpFloat64()*half).Round(time.Microsecond)
}
