package witness

// clock is what a station knows of its host's clock.
type clock struct {
	set bool   // the host trusts it
	off bool   // a value has shown that it is wrong
	by  Millis // what it was ahead of the slot's start when the last fresh value came
}

// see holds the clock against a value. A fresh one, published just now, shows both
// a clock that is behind and one that is ahead; any other one, which may be old, only
// a clock that is behind: no value is published before its slot.
func (c *clock) see(now, start Millis, fresh bool) {
	by := now - start
	switch {
	case by <= -ClockSlack:
		c.off, c.by = true, by
	case fresh:
		c.off, c.by = by >= ClockSlack, by
	}
}

func (c *clock) reason() Reason {
	switch {
	case !c.set:
		return ClockUnset
	case c.off:
		return ClockOff
	}
	return 0
}
