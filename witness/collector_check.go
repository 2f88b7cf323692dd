package witness

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
