package witness

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
		return min(c.due, t.End(t.SlotAt(now))), true
	}
	return t.End(t.SlotAt(now)), true
}
