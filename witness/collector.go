package witness

import (
	"slices"

	"hexspot/radio"
)

// Bounds of what a Collector keeps.
const (
	MaxTags      = 64   // of one slot (protocol hexspot/1, "Reports")
	maxUndated   = 1024 // frames heard before the clock is known
	maxUnchecked = 4096 // frames whose slot's entropy has not come
	maxPerSlot   = 2 * MaxTags
	maxOwn       = 64 // tags of the station itself
)

// Collector is the hearing side of a hotspot as a state machine: it takes the
// beacons that belong to the network and the time, makes one observation of each
// tag in each slot and hands them over in batches of one epoch (protocol hexspot/1,
// "Reports"). Frames heard before the clock or the entropy is known are kept, dated
// and checked later. It is not safe for use by several goroutines.
type Collector struct {
	network   radio.Network
	chains    *Chains
	own       []Tag // newest last
	undated   []sighting
	unchecked []sighting
	tags      map[Slot]map[Tag]int // number in the batch, or handedOver
	batch     Batch
	first     Millis // when the batch's first observation was taken
	dropped   [drops]uint64
	sent      uint64 // observations handed over
}

// handedOver stands for the number of an observation that has left.
const handedOver = -1

// NewCollector begins with nothing heard. The chains are filled by the caller,
// which then calls Step.
func NewCollector(network radio.Network, chains *Chains) *Collector {
	return &Collector{network: network, chains: chains, tags: map[Slot]map[Tag]int{}}
}

// CollectorEvent is what happens to a Collector.
type CollectorEvent interface {
	hear(*Collector, Millis) []SendBatch
}

// Heard is a frame that the concentrator received.
type Heard struct {
	Uplink  radio.Uplink
	Fine    GPSNanos // end of the frame, only if HasFine
	HasFine bool     // the concentrator is locked to PPS
}

// ClockKnown says that the time of the step is that of an instant of the
// concentrator, and is to be trusted.
type ClockKnown struct{ At radio.Timestamp }

// OwnTag is a tag that the station itself is about to send.
type OwnTag struct{ Tag Tag }

// SendBatch asks to sign and spool a `witness` record.
type SendBatch struct{ Batch Batch }

// Step lets time come to now and an event happen. A nil event is none: only then
// what hold_ms holds is looked at, so that all copies of one fetch are in before.
func (c *Collector) Step(now Millis, e CollectorEvent) []SendBatch {
	if e != nil {
		return e.hear(c, now)
	}
	actions := c.check(now)
	if t, ok := c.chains.Timing(now); ok {
		if len(c.batch.Observations) > 0 && now >= c.first+t.Hold {
			actions = c.hand(actions)
		}
		c.forget(t, now)
	}
	return actions
}

// Flush hands over what is held, at the end of the program.
func (c *Collector) Flush() []SendBatch { return c.hand(nil) }

func (e Heard) hear(c *Collector, now Millis) []SendBatch {
	frame, drop := Screen(e.Uplink)
	if drop == 0 && slices.Contains(c.own, frame.Tag) {
		drop = DropOwn
	}
	if drop != 0 {
		c.dropped[drop]++
		return nil
	}
	s := sightingOf(frame, e)
	if !s.dated {
		c.undated = c.keep(c.undated, s, maxUndated)
		return nil
	}
	return c.take(nil, s, now)
}

func (e ClockKnown) hear(c *Collector, now Millis) []SendBatch {
	var actions []SendBatch
	waiting := c.undated
	c.undated = nil
	for _, s := range waiting {
		if !s.date(e.At, now) {
			c.dropped[DropSession]++
			continue
		}
		actions = c.take(actions, s, now)
	}
	return append(actions, c.Step(now, nil)...)
}

func (e OwnTag) hear(c *Collector, _ Millis) []SendBatch {
	c.own = append(c.own, e.Tag)
	c.own = c.own[max(0, len(c.own)-maxOwn):]
	return nil
}

// keep stores a sighting for later while there is room.
func (c *Collector) keep(list []sighting, s sighting, most int) []sighting {
	if len(list) >= most {
		c.dropped[DropFull]++
		return list
	}
	return append(list, s)
}

// check takes what can be checked since entropy has come.
func (c *Collector) check(now Millis) []SendBatch {
	var actions []SendBatch
	waiting := c.unchecked
	c.unchecked = nil
	for _, s := range waiting {
		actions = c.take(actions, s, now)
	}
	return actions
}

// take makes an observation of a dated frame, keeps it for later or drops it.
func (c *Collector) take(actions []SendBatch, s sighting, now Millis) []SendBatch {
	t, ok := c.chains.Timing(now)
	if !ok {
		c.unchecked = c.keep(c.unchecked, s, maxUnchecked)
		return actions
	}
	slot, drop, later := c.slot(t, s.observation, now)
	switch {
	case later:
		c.keepUnchecked(t, s)
	case drop != 0:
		c.dropped[drop]++
	default:
		actions = c.observe(actions, t, slot, s.observation, now)
	}
	return actions
}

// keepUnchecked lets no slot take the room of all others.
func (c *Collector) keepUnchecked(t Timing, s sighting) {
	same := 0
	for _, other := range c.unchecked {
		if t.SlotAt(other.observation.Heard) == t.SlotAt(s.observation.Heard) {
			same++
		}
	}
	if same >= maxPerSlot {
		c.dropped[DropFull]++
		return
	}
	c.unchecked = c.keep(c.unchecked, s, maxUnchecked)
}

// slot finds the slot within 2 s of hearing that the mark belongs to, or says that
// it cannot be told yet.
func (c *Collector) slot(t Timing, o Observation, now Millis) (slot Slot, drop Drop, later bool) {
	first, last := t.SlotsNear(o.Heard, MarkSlack)
	for k := first; k <= last; k++ {
		v, ok := c.chains.Value(k)
		switch {
		case !ok:
			later = true
		case MarkOf(c.network, v.Entropy) == o.Frame.Mark:
			return k, 0, false
		}
	}
	if later && now >= t.CaseCloses(last) {
		return 0, DropLate, false
	}
	return 0, DropMark, later
}

// observe merges an observation of a slot with what is held.
func (c *Collector) observe(actions []SendBatch, t Timing, slot Slot, o Observation, now Millis) []SendBatch {
	if n, ok := c.tags[slot][o.Frame.Tag]; ok {
		c.again(n, o)
		return actions
	}
	if drop := c.unfit(slot, o); drop != 0 {
		c.dropped[drop]++
		return actions
	}
	if len(c.batch.Observations) > 0 && c.batch.Epoch != t.Epoch(slot) {
		actions = c.hand(actions)
	}
	if len(c.batch.Observations) == 0 {
		c.batch.Epoch, c.first = t.Epoch(slot), now
	}
	c.remember(slot, o.Frame.Tag, len(c.batch.Observations))
	c.batch.Observations = append(c.batch.Observations, o)
	if len(c.batch.Observations) == MaxObservations {
		actions = c.hand(actions)
	}
	return actions
}

// again takes a further copy of a tag.
func (c *Collector) again(n int, o Observation) {
	if n == handedOver {
		c.dropped[DropSent]++
		return
	}
	c.batch.Observations[n] = c.batch.Observations[n].merge(o)
}

func (c *Collector) unfit(slot Slot, o Observation) Drop {
	switch {
	case slices.Contains(c.own, o.Frame.Tag):
		return DropOwn
	case len(c.tags[slot]) >= MaxTags:
		return DropTags
	case o.CheckRange() != nil:
		return DropRange
	}
	return 0
}

func (c *Collector) remember(slot Slot, tag Tag, n int) {
	if c.tags[slot] == nil {
		c.tags[slot] = map[Tag]int{}
	}
	c.tags[slot][tag] = n
}

// hand hands the batch over, if there is one.
func (c *Collector) hand(actions []SendBatch) []SendBatch {
	if len(c.batch.Observations) == 0 {
		return actions
	}
	for _, tags := range c.tags {
		for tag := range tags {
			tags[tag] = handedOver
		}
	}
	c.sent += uint64(len(c.batch.Observations))
	actions = append(actions, SendBatch{c.batch})
	c.batch = Batch{}
	return actions
}

// forget drops the tags of slots that nothing can be heard of any more.
func (c *Collector) forget(t Timing, now Millis) {
	if len(c.undated) > 0 {
		return
	}
	oldest := now
	for _, s := range c.unchecked {
		oldest = min(oldest, s.observation.Heard)
	}
	keep := t.SlotAt(oldest - ClockSlack)
	for slot := range c.tags {
		if slot < keep {
			delete(c.tags, slot)
		}
	}
}

// CollectorStatus is what a hotspot's status says about what it hears.
type CollectorStatus struct {
	Held      int // observations of the batch that is not handed over yet
	Unchecked int // frames that wait for entropy
	Undated   int // frames that wait for the clock
	Sent      uint64
	Dropped   map[Drop]uint64 // since start, without zeros
}

// Status tells how things stand.
func (c *Collector) Status() CollectorStatus {
	s := CollectorStatus{
		Held: len(c.batch.Observations), Unchecked: len(c.unchecked), Undated: len(c.undated),
		Sent: c.sent, Dropped: map[Drop]uint64{},
	}
	for d, n := range c.dropped {
		if n > 0 {
			s.Dropped[Drop(d)] = n
		}
	}
	return s
}

// Next is when Step is due with a nil event if nothing happens before; false if
// nothing is held or waiting.
func (c *Collector) Next(now Millis) (Millis, bool) {
	t, ok := c.chains.Timing(now)
	switch {
	case !ok || len(c.batch.Observations)+len(c.unchecked)+len(c.tags) == 0:
		return 0, false
	case len(c.batch.Observations) > 0:
		return min(c.first+t.Hold, t.End(t.SlotAt(now))), true
	}
	return t.End(t.SlotAt(now)), true
}
