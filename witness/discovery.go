package witness

import (
	"io"
	"slices"
)

// DiscoveryRate is how many discovery beacons a station may send in an hour (protocol
// hexspot/1, "Discovery beacon").
const DiscoveryRate = 20

// Limits of discovery beacons. The pause lets one end before the next, and spreads
// the hour's over ten minutes.
const (
	discoveryPause  Millis = 30_000
	discoverySF            = 10 // the farthest reach of the beacons' rates
	discoveryWindow Millis = 3_600_000
)

// discovery is the owner's demand.
type discovery struct {
	until  Millis
	before []Millis // the times of those before the start, rising
	sent   []Millis // the times of the last hour, rising
	count  int      // of all so far: the channels take turns
}

// next is when another discovery beacon may be sent.
func (d *discovery) next() Millis {
	sent := slices.Concat(d.before, d.sent)
	if len(sent) == 0 {
		return 0
	}
	next := sent[len(sent)-1] + discoveryPause
	if len(sent) >= DiscoveryRate {
		next = max(next, sent[len(sent)-DiscoveryRate]+discoveryWindow)
	}
	return next
}

// move has what was sent, and the demand, keep their distance from the present.
func (d *discovery) move(by Millis) {
	for i := range d.sent {
		d.sent[i] += by
	}
	d.until += by
}

// discovery begins a discovery beacon if one is wanted and nothing else is on its
// way or due in this slot.
func (s *step) discovery() {
	d := &s.discover
	k := s.timing.SlotAt(s.now)
	if s.now >= d.until || s.now < d.next() || s.flight != nil || s.owes(k) || s.silent(s.now) != 0 {
		return
	}
	v, _ := s.chains.Value(k)
	var random Tag
	if _, err := io.ReadFull(s.config.Random, random[:]); err != nil {
		s.last = Outcome{FrameDiscovery, k, Faulty, err.Error()}
		return
	}
	s.announce(v, random)
}

// silent says why no discovery beacon can be sent at a time, but for the pauses
// between them and a beacon that is due.
func (b *Beaconer) silent(now Millis) Reason {
	if reason := b.blocked(now); reason != 0 {
		return reason
	}
	t, _ := b.chains.Timing(now) // is there: not blocked
	if _, ok := b.chains.Value(t.SlotAt(now)); !ok {
		return b.unheard(NoEntropy)
	}
	return 0
}

// RestoreDiscoveries says when discovery beacons were announced before the start, rising,
// by the host's clock as it is now: they count among those of their hour. It takes the place
// of what was said before, when the clock was another.
func (b *Beaconer) RestoreDiscoveries(announced []Millis) {
	b.discover.before = slices.Clone(announced)
}

// owes says whether this window's beacon is due in a slot and not yet tried.
func (s *step) owes(k Slot) bool {
	due, ok := s.due(s.timing, s.now)
	return ok && due == k && s.open(s.timing, k)
}

// announce has the record of a discovery beacon spooled, which must be before its
// emission.
func (s *step) announce(v Value, random Tag) {
	d := &s.discover
	channels := s.plan.BeaconChannels
	drawn := Drawn{
		Slot: v.Slot, Start: s.now, Channel: d.count % len(channels), SF: discoverySF, EIRP: s.plan.BeaconMaxEIRP,
	}
	drawn.Frequency = channels[drawn.Channel]
	if reason := s.launch(FrameDiscovery, drawn); reason != 0 {
		s.last = Outcome{FrameDiscovery, v.Slot, reason, ""}
		return
	}
	d.count++
	d.sent = append(slices.DeleteFunc(d.sent, func(t Millis) bool { return t <= s.now-discoveryWindow }), s.now)
	s.flight.frame = DiscoveryFrame(s.config.Network, v.Entropy, random)
	s.flight.stage, s.flight.sent = flightSpooling, s.now
	s.want(SpoolDiscovery{s.flight.id, s.flight.discovery()})
}
