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

	registry RegistrySet // as the network says, if it has
	diskless bool        // what is on disk is not known
	chipless bool        // no concentrator runs
	offline  bool        // the network is not connected
	spent    spent       // the duty cycle

	closed   *Slot  // in the newest window that gets no further beacon
	missing  Reason // why nothing was sent in the due slot so far
	seen     *Slot  // in the newest window that was looked at
	flight   *flight
	overdue  *flight // of which the radio has said nothing: it may yet
	flights  uint32
	skipped  map[Reason]uint64
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
	Plan     string // name of the channel plan
	DataOnly bool
}

// NewBeaconer begins without plan, site and clock. The chains are filled by the
// caller, which then calls Step.
func NewBeaconer(c BeaconerConfig, chains *Chains) *Beaconer {
	return &Beaconer{config: c, chains: chains}
}

// Restore says which opening was spooled before the start: its window gets no
// second beacon, which would make both invalid.
func (b *Beaconer) Restore(spooled Beacon) { b.close(spooled.Slot) }

// close ends the window of a slot without a further beacon.
func (b *Beaconer) close(k Slot) {
	if b.closed == nil || *b.closed < k {
		b.closed = &k
	}
	b.missing = 0
}

// open says whether the window of a slot may still have its beacon.
func (b *Beaconer) open(t Timing, k Slot) bool {
	return b.closed == nil || t.Window(k) > t.Window(*b.closed)
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
		s.turn()
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

// refused says why no beacon may be sent at this time that a window owes.
func (b *Beaconer) refused(now Millis) Reason {
	if reason := b.blocked(now); reason != 0 {
		return reason
	}
	if b.site.DataOnly || b.registry.Known && b.registry.Site.DataOnly {
		return DataOnly
	}
	return 0
}

// blocked says why no frame may be sent at this time, of either type.
func (b *Beaconer) blocked(now Millis) Reason {
	switch {
	case b.diskless:
		return NoSpool
	case len(b.plan.BeaconChannels) == 0:
		return NoPlan
	case b.site == nil:
		return NoSite
	case b.registry.Known && b.registry.Site == nil:
		return Unregistered
	case b.otherPlan() != "":
		return OtherPlan
	case !b.hasLevel():
		return NoLevel
	case b.chipless:
		return NoChip
	}
	if reason := b.clock.reason(); reason != 0 {
		return reason
	}
	t, ok := b.chains.Timing(now)
	if !ok {
		return b.unheard(NoAnchor)
	}
	if _, ok := b.chains.Serving(t.SlotAt(now)); !ok {
		return b.unheard(NoAnchor)
	}
	return 0
}

// unheard is why something of the network's has not come.
func (b *Beaconer) unheard(what Reason) Reason {
	if b.offline {
		return NotConnected
	}
	return what
}
