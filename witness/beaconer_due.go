package witness

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
		s.last = Outcome{FrameBeacon, due, s.missed(), ""}
		s.close(due)
	default:
		s.begin(due)
	}
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
		s.missing = NoEntropy
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
		s.last = Outcome{FrameBeacon, due, reason, ""}
		return
	}
	s.flight.lot = lot
	s.want(SignOpening{s.flight.id, due, OpeningMessage(lot, due)})
}
