package witness

import "maps"

// BeaconerStatus is what a hotspot's status says about its beacons.
type BeaconerStatus struct {
	Reason    Reason // why no beacon can be sent now; zero: the next one will be
	Detail    string // of the reason, in words; may be empty
	ClockBy   Millis // what the clock was ahead of the slot's start when the last fresh value came
	Due       Slot   // of this window, if DueKnown
	DueKnown  bool   // false while the entropy of the window's first slot has not come
	Open      bool   // this window's beacon has not been tried yet
	Start     Millis // of that beacon's emission, 0 while the due slot's entropy has not come
	Last      Outcome
	Discovery DiscoveryStatus
}

// DiscoveryStatus is what a hotspot's status says about discovery beacons.
type DiscoveryStatus struct {
	Until Millis // of the owner's demand
	Count int    // begun since the start of the program
	Next  Millis // earliest start of the next one

	Reason Reason // why none can be sent now; zero: one can be, from Next on
}

// Status tells how things stand at a time.
func (b *Beaconer) Status(now Millis) BeaconerStatus {
	s := BeaconerStatus{Reason: b.reason(now), ClockBy: b.clock.by, Last: b.last}
	s.Detail = b.detail(s.Reason)
	s.Discovery = DiscoveryStatus{b.discover.until, b.discover.count, b.discover.next(), b.silent(now)}
	t, ok := b.chains.Timing(now)
	if !ok {
		return s
	}
	if s.Due, s.DueKnown = b.due(t, now); !s.DueKnown {
		return s
	}
	s.Open = b.open(t, s.Due)
	if v, ok := b.chains.Value(s.Due); ok {
		if drawn, err := t.DrawBeacon(s.Due, b.lot(v), b.plan); err == nil {
			s.Start = drawn.Start
		}
	}
	return s
}

// Last is what became of the last due beacon, or discovery beacon, so far.
func (b *Beaconer) Last() Outcome { return b.last }

// Skipped is how many windows had no beacon, by reason.
func (b *Beaconer) Skipped() map[Reason]uint64 { return maps.Clone(b.skipped) }

// Next is when Step is due if nothing happens before; a minute ahead while no
// anchor is known.
func (b *Beaconer) Next(now Millis) Millis {
	t, ok := b.chains.Timing(now)
	if !ok {
		return now + 60_000
	}
	next := t.End(t.SlotAt(now))
	if f := b.flight; f != nil && f.stage == flightReady && f.drawn.Start > now {
		next = min(next, f.drawn.Start)
	}
	if at := b.discover.next(); now < b.discover.until && at > now {
		next = min(next, at)
	}
	return next
}
