package hotspot

import (
	"time"

	"golang.org/x/sys/unix"

	"hexspot/radio"
	"hexspot/witness"
)

// kernelSynced says whether the kernel takes the host's clock to be right: something that
// knows the time steers it (adjtimex(2), STA_UNSYNC). A board without a clock of its own
// starts with the time of its last stop, which looks like any other.
func kernelSynced() bool {
	var t unix.Timex
	_, err := unix.Adjtimex(&t)
	return err == nil && t.Status&unix.STA_UNSYNC == 0
}

// now is the host's time, and whether it is trusted: the kernel says so, or a value of the
// network that was published just now has shown it. The latter is the way on where the
// kernel is never told, as in a virtual machine whose host keeps the time.
func (c *Coverage) now() (witness.Millis, bool) {
	t := c.parts.Clock()
	if t.IsZero() {
		return witness.MillisOf(time.Now()), false
	}
	if c.parts.Synced == nil || c.parts.Synced() {
		c.confirmed = true
	}
	return witness.MillisOf(t), c.confirmed
}

// confirm holds the host's clock against a value that was published just now: it shows that the
// clock is right, or that it is not.
func (c *Coverage) confirm(k witness.Slot) {
	now, _ := c.now()
	if t, ok := c.chains.Timing(now); ok {
		c.confirmed = now+witness.ClockSlack > t.Start(k) && now < t.Start(k)+witness.ClockSlack
	}
}

// heardOf is a frame for the collector, with its fine time where the concentrator knows it.
// While the clock is not trusted the frame has no date but the concentrator's counter.
func (c *Coverage) heardOf(u radio.Uplink) witness.Heard {
	if _, trusted := c.now(); !trusted {
		u.ReceivedAt = time.Time{}
	}
	return witness.Heard{Uplink: u, Fine: witness.GPSNanos(u.Fine.GPS), HasFine: u.Fine.Known}
}
