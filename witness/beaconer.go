package witness

import (
	"io"

	"hexspot/radio"
)

// Beaconer is the sending side of a hotspot as a state machine: it works out when a
// beacon is due, has its opening signed and spooled before it is emitted, submits it
// to the downlink queue and reports the emission (protocol hexspot/1, "Beacon"). Each
// window has one beacon or none: nothing is tried twice. On demand it sends
// discovery beacons. It is not safe for use by several goroutines.
type Beaconer struct {
	config BeaconerConfig
	chains *Chains

	plan   radio.Plan
	levels []radio.DBm
	site   *Placement
	clock  clock

	open     uint64 // first window whose beacon is still open
	missing  Reason // why nothing was sent in the due slot so far
	flight   *flight
	flights  uint32
	last     Outcome
	discover discovery
}

// BeaconerConfig is who sends.
type BeaconerConfig struct {
	Network radio.Network
	Station radio.Station
	Random  io.Reader // 18 bytes for each discovery beacon
}

// Placement is what the registry says of a station's site, as far as sending goes.
type Placement struct {
	Antenna
	DataOnly bool
}

// NewBeaconer begins without plan, site and clock. The chains are filled by the
// caller, which then calls Step.
func NewBeaconer(c BeaconerConfig, chains *Chains) *Beaconer {
	return &Beaconer{config: c, chains: chains}
}

// Restore says which opening was spooled last before the start: its window gets no
// second beacon, which would make both invalid. It needs the timing of the network,
// so the anchor that the opening's slot was served by.
func (b *Beaconer) Restore(spooled Beacon, t Timing) {
	b.open = max(b.open, t.Window(spooled.Slot)+1)
}

// Step lets time come to now and an event happen; a nil event is none. The actions
// are to be done in order.
func (b *Beaconer) Step(now Millis, e BeaconerEvent) []BeaconerAction {
	t, ok := b.chains.Timing(now)
	if !ok {
		t = Timing{}
	}
	s := step{Beaconer: b, now: now, timing: t, timed: ok}
	if e != nil {
		e.apply(&s)
	}
	if s.timed {
		s.expire()
		s.beacon()
		s.discovery()
		s.submit()
	}
	return s.actions
}

// step is one call of Step.
type step struct {
	*Beaconer
	now     Millis
	timing  Timing
	timed   bool // timing is known
	actions []BeaconerAction
}

func (s *step) want(a BeaconerAction) { s.actions = append(s.actions, a) }

// blocked says why no beacon may be sent at this time.
func (b *Beaconer) blocked(now Millis) Reason {
	switch {
	case len(b.plan.BeaconChannels) == 0:
		return NoPlan
	case b.site == nil:
		return NoSite
	}
	if reason := b.clock.reason(); reason != 0 {
		return reason
	}
	t, ok := b.chains.Timing(now)
	if !ok {
		return NoAnchor
	}
	if _, ok := b.chains.Serving(t.SlotAt(now)); !ok {
		return NoAnchor
	}
	return 0
}

// due is the slot of this window's beacon, false while the entropy of the window's
// first slot is not known.
func (b *Beaconer) due(t Timing, now Millis) (Slot, bool) {
	k0 := t.WindowStart(t.SlotAt(now))
	v, ok := b.chains.Value(k0)
	if !ok {
		return 0, false
	}
	return t.DueSlot(k0, b.lot(v)), true
}

func (b *Beaconer) lot(v Value) Lot { return Lot{b.config.Network, b.config.Station, v.Entropy} }

// beacon begins this window's beacon in its due slot, and notes why one was missed.
func (s *step) beacon() {
	k := s.timing.SlotAt(s.now)
	window := s.timing.Window(k)
	due, ok := s.due(s.timing, s.now)
	if !ok || window < s.open {
		return
	}
	switch {
	case k < due:
		s.missing = 0
	case k > due:
		s.close(window, Outcome{FrameBeacon, due, s.missed(), ""})
	default:
		s.begin(window, due)
	}
}

// missed is why nothing was sent in a due slot that is over.
func (s *step) missed() Reason {
	if s.missing == 0 {
		return SlotOver
	}
	return s.missing
}

// close ends a window without a further beacon.
func (s *step) close(window uint64, o Outcome) {
	s.open, s.missing, s.last = window+1, 0, o
}

func (s *step) begin(window uint64, due Slot) {
	v, ok := s.chains.Value(due)
	s.missing = s.blocked(s.now)
	switch {
	case s.missing != 0 || s.flight != nil:
		return
	case s.site.DataOnly:
		s.missing = DataOnly
		return
	case !ok:
		s.missing = NoEntropy
		return
	}
	lot := s.lot(v)
	drawn, err := s.timing.DrawBeacon(due, lot, s.plan)
	if err != nil {
		s.missing = NoPlan
		return
	}
	if reason := s.launch(FrameBeacon, drawn); reason != 0 {
		s.close(window, Outcome{FrameBeacon, due, reason, ""})
		return
	}
	s.flight.lot = lot
	s.close(window, s.last)
	s.want(SignOpening{s.flight.id, due, OpeningMessage(lot, due)})
}
