package hotspot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"hexspot/gateway"
	"hexspot/witness"
)

// lookAround tells the beaconer what is there: a chip, and a network.
func (c *Coverage) lookAround() {
	c.beaconer.SetChip(!c.parts.Counter().IsZero())
	c.beaconer.SetLink(c.parts.Link.Online())
}

// lookAtDuty tells the beaconer whether the duty cycle has room for a beacon.
func (c *Coverage) lookAtDuty(now witness.Millis) {
	if c.parts.Room == nil {
		return
	}
	wait, ok := c.parts.Room(c.shortest, gateway.PriorityBeacon)
	until := witness.Millis(0)
	if ok {
		until = now + witness.Millis(wait.Round(time.Second)/time.Millisecond)
	}
	c.beaconer.SetDuty(!ok || wait > 0, until)
}

// epoch is the one that runs, 0 while no anchor is known.
func (c *Coverage) epoch(now witness.Millis) witness.Epoch {
	t, ok := c.chains.Timing(now)
	if !ok {
		return 0
	}
	return t.Epoch(t.SlotAt(now))
}

// lookAtRegistry asks the network about the site, and tells the beaconer what it has said.
func (c *Coverage) lookAtRegistry(ctx context.Context, now witness.Millis) {
	e := c.epoch(now)
	c.registry.ask(c.registry.status(e, c.site).State == RegistryHas, c.parts.Link)
	c.step(ctx, c.registry.in(e))
}

// tellReason logs why no beacons can be sent, once, if somebody has to do something.
func (c *Coverage) tellReason(now witness.Millis) {
	b := c.beaconer.Status(now)
	if b.Reason == c.told {
		return
	}
	c.told = b.Reason
	switch b.Reason {
	case witness.Unregistered, witness.OtherPlan, witness.NoLevel, witness.NoChip:
		c.parts.Log.Log(context.Background(), c.gravity(b, now), "no beacons are sent", "reason", b.Reason.Name(), "text", c.reasonText(b, now))
	}
}

// gravity of having no beacon: one whose site is on its way has nothing to do but wait.
func (c *Coverage) gravity(b witness.BeaconerStatus, now witness.Millis) slog.Level {
	if c.begins(b, now) != "" {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

// begins says from when on the registry has a site that it does not have now.
func (c *Coverage) begins(b witness.BeaconerStatus, now witness.Millis) string {
	if b.Reason != witness.Unregistered {
		return ""
	}
	from := c.registry.status(c.epoch(now), c.site).From
	if from == nil {
		return ""
	}
	return fmt.Sprintf("it has one from epoch %d on", *from)
}

// reasonText is why no beacon can be sent, with what is known of it.
func (c *Coverage) reasonText(b witness.BeaconerStatus, now witness.Millis) string {
	detail := b.Detail
	switch b.Reason {
	case witness.NoSpool:
		detail = c.diskFault
	case witness.ClockUnset:
		if !c.parts.Clock().IsZero() {
			detail = "nothing shows that it is right: neither that the kernel is synchronized nor a value of the network"
		}
	case witness.NoSite:
		detail = c.siteFault
	case witness.Unregistered:
		detail = cmp.Or(c.begins(b, now), detail)
	}
	if detail == "" {
		return b.Reason.String()
	}
	return fmt.Sprintf("%v (%s)", b.Reason, detail)
}
