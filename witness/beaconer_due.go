package witness

import "cmp"

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
	due, ok := s.due(s.timing, s.now)
	if !ok || !s.open(s.timing, k) {
		return
	}
	switch {
	case k < due:
		s.missing = 0
	case k > due:
		s.miss(due, s.missed())
	default:
		s.begin(due)
	}
}

// turn ends windows that are over: one whose beacon was not tried has a reason, too, and
// so has each that went by between two steps; no more of those than an epoch has, since
// it may be the clock that was set. For the same reason nothing is closed: a window that seemed
// to be over may yet come.
func (s *step) turn() {
	k := s.timing.SlotAt(s.now)
	seen := s.seen
	s.seen = &k
	if seen == nil || s.timing.Window(k) <= s.timing.Window(*seen) {
		return
	}
	if s.open(s.timing, *seen) {
		s.pass(s.timing.WindowStart(*seen))
	}
	between := s.timing.Window(k) - s.timing.Window(*seen) - 1
	if between > 0 {
		s.lack(s.timing.WindowStart(k)-1, SlotOver)
		s.skip(SlotOver, min(between, uint64(s.timing.EpochSlots/s.timing.WindowSlots))-1)
	}
}

// pass says why nothing was sent in a window that is over, by its first slot.
func (s *step) pass(k0 Slot) {
	v, ok := s.chains.Value(k0)
	if !ok {
		s.lack(k0, cmp.Or(s.refused(s.now), s.unheard(NoEntropy)))
		return
	}
	s.lack(s.timing.DueSlot(k0, s.lot(v)), s.missed())
}

// miss notes why a window has no beacon, and ends it.
func (s *step) miss(due Slot, why Reason) {
	s.lack(due, why)
	s.close(due)
}

// lack notes why a window has no beacon.
func (s *step) lack(due Slot, why Reason) {
	s.last = Outcome{FrameBeacon, due, why, ""}
	s.skip(why, 1)
	s.missing = 0
}

func (b *Beaconer) skip(why Reason, n uint64) {
	if n == 0 {
		return
	}
	if b.skipped == nil {
		b.skipped = map[Reason]uint64{}
	}
	b.skipped[why] += n
}

// missed is why nothing was sent in a due slot that is over.
func (s *step) missed() Reason {
	if s.missing == 0 {
		return SlotOver
	}
	return s.missing
}

// begin has the opening of a due beacon signed, or notes why not.
func (s *step) begin(due Slot) {
	v, ok := s.chains.Value(due)
	s.missing = s.refused(s.now)
	if s.missing == 0 && !ok {
		s.missing = s.unheard(NoEntropy)
	}
	if s.missing != 0 || s.flight != nil {
		return
	}
	lot := s.lot(v)
	drawn, err := s.timing.DrawBeacon(due, lot, s.plan)
	if err != nil {
		s.missing = NoPlan
		return
	}
	s.close(due)
	if reason := s.launch(FrameBeacon, drawn); reason != 0 {
		s.miss(due, reason)
		return
	}
	s.flight.lot = lot
	s.want(SignOpening{s.flight.id, due, OpeningMessage(lot, due)})
}
