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
	due       Millis // when the batch is handed over
	dropped   [drops]uint64
	sent      uint64 // observations handed over
}

// discoveryHold is how long an observation of a discovery beacon is held: its sender
// waits for it. Were it none, each frame that somebody invents would be a record.
const discoveryHold Millis = 2_000

// handedOver stands for the number of an observation that has left.
const handedOver = -1

// NewCollector begins with nothing heard. The chains are filled by the caller,
// which then calls Step.
func NewCollector(network radio.Network, chains *Chains) *Collector {
	return &Collector{network: network, chains: chains, tags: map[Slot]map[Tag]int{}}
}

// Step lets time come to now and an event happen. A nil event is none: only then
// what hold_ms holds is looked at, so that all copies of one fetch are in before.
func (c *Collector) Step(now Millis, e CollectorEvent) []SendBatch {
	if e != nil {
		return e.hear(c, now)
	}
	actions := c.check(now)
	if t, ok := c.chains.Timing(now); ok {
		if len(c.batch.Observations) > 0 && now >= c.due {
			actions = c.hand(actions)
		}
		c.forget(t, now)
	}
	return actions
}

// Flush hands over what is held, at the end of the program.
func (c *Collector) Flush() []SendBatch { return c.hand(nil) }

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
	due := min(now, o.Heard) + t.Hold // it may have waited, over a start even
	if len(c.batch.Observations) == 0 {
		c.batch.Epoch, c.due = t.Epoch(slot), due
	}
	c.due = min(c.due, due)
	if o.Frame.Type == FrameDiscovery {
		c.due = min(c.due, now+discoveryHold)
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
