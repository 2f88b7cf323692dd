package hotspot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
	"hexspot/witness"
)

// step lets the beaconer know of an event and does what it wants.
func (c *Coverage) step(ctx context.Context, e witness.BeaconerEvent) {
	now, _ := c.now()
	c.lookAtSteadiness(ctx, now)
	c.lookAround()
	c.act(ctx, now, e)
}

// act has the beaconer take an event, and does what it wants.
func (c *Coverage) act(ctx context.Context, now witness.Millis, e witness.BeaconerEvent) {
	before := c.beaconer.Last()
	actions := c.beaconer.Step(now, e)
	if last := c.beaconer.Last(); last != before {
		c.tellOutcome(ctx, last)
	}
	for _, a := range actions {
		if answer := c.do(ctx, a); answer != nil {
			c.step(ctx, answer)
		}
	}
}

// tellOutcome logs that a beacon which was due is not emitted. A hotspot that is to send none,
// without a plan or for data only, does as it was told.
func (c *Coverage) tellOutcome(ctx context.Context, o witness.Outcome) {
	if o.Frame != witness.FrameBeacon || o.Reason == 0 {
		return
	}
	level := slog.LevelInfo
	if o.Reason == witness.NoPlan || o.Reason == witness.DataOnly {
		level = slog.LevelDebug
	}
	c.parts.Log.Log(ctx, level, "a beacon was due and is not emitted", "slot", o.Slot, "reason", o.Reason.Name(), "text", o.Reason, "detail", o.Detail)
}

// do does one action; nil: its answer comes later, or it has none.
func (c *Coverage) do(ctx context.Context, a witness.BeaconerAction) witness.BeaconerEvent {
	switch a := a.(type) {
	case witness.SignOpening:
		_, signature, err := radio.SignMessage(c.parts.Signer, a.Message)
		return answerOf(a.ID, err, witness.OpeningSigned{ID: a.ID, Signature: signature})
	case witness.SpoolOpening:
		c.own(ctx, a.Tag)
		return answerOf(a.ID, c.keepOpening(ctx, a.Beacon), witness.RecordSpooled{ID: a.ID})
	case witness.SpoolDiscovery:
		c.own(ctx, a.Discovery.Random)
		c.survey.announced(a.Discovery.Random)
		err := c.records.keep(ctx, radio.KindDiscovery, a.Discovery.Append(nil))
		return answerOf(a.ID, err, witness.RecordSpooled{ID: a.ID})
	case witness.Submit:
		return c.submit(a)
	case witness.SpoolReport:
		c.counts.Beacons++
		c.records.keepSurely(ctx, radio.KindBeacon, a.Beacon.Append(nil))
	case witness.DiscoveryEnded:
		c.survey.emitted(a)
	}
	return nil
}

func answerOf(id uint32, err error, done witness.BeaconerEvent) witness.BeaconerEvent {
	if err != nil {
		return witness.Failed{ID: id, Cause: err.Error()}
	}
	return done
}

// own has a tag ignored when it is heard: the chip may hear its own echo.
func (c *Coverage) own(ctx context.Context, tag witness.Tag) {
	c.hear(ctx, witness.OwnTag{Tag: tag})
}

// submit hands a beacon to the downlink queue.
func (c *Coverage) submit(a witness.Submit) witness.BeaconerEvent {
	latest := c.counterAt(a.Latest)
	if c.parts.Submit == nil || latest.IsZero() {
		return witness.Answered{ID: a.ID, Status: radio.TxInternalError}
	}
	c.parts.Submit(gateway.Submission{
		Command: gateway.Command{ID: a.ID, Items: []radio.Downlink{a.Downlink}, Priority: gateway.PriorityBeacon, Latest: latest},
		Answer: func(answer gateway.Answer) {
			c.answer(witness.Answered{ID: a.ID, Status: answer.Status()})
		},
		Report: func(r gateway.Report) {
			c.answer(witness.Ended{ID: a.ID, Emission: r.Emission, Sent: c.sent(r.Emission)})
		},
	})
	return nil
}

func (c *Coverage) answer(e witness.BeaconerEvent) {
	if !offer(c.answers, e) {
		c.overrun("answer of the downlink queue")
	}
}

// counterAt is what the concentrator's counter will show at a time, none while no
// chip runs.
func (c *Coverage) counterAt(at witness.Millis) radio.Timestamp {
	return c.parts.Counter().Add(time.Until(at.Time()))
}

// sent is when an emission began by the host's clock. If the chip was started anew
// since, its counter tells nothing: then the emission has just ended.
func (c *Coverage) sent(e radio.Emission) witness.Millis {
	if e.Outcome != radio.Emitted {
		return 0
	}
	if at := instantOf(c.parts.Clock, c.parts.Counter)(e.Start); !at.IsZero() {
		return witness.MillisOf(at)
	}
	return witness.MillisOf(time.Now().Add(-e.Airtime))
}

// keepOpening puts an opening on disk and lets go of those before it: one is enough
// to know that its window has had its beacon.
func (c *Coverage) keepOpening(ctx context.Context, b witness.Beacon) error {
	if err := c.parts.Openings.Put(ctx, openingKey(b.Slot), b.Append(nil), time.Now()); err != nil {
		return err
	}
	for _, slot := range c.records.openings {
		if err := c.parts.Openings.Ack(ctx, openingKey(slot), nil, time.Now()); err != nil {
			c.parts.Log.Debug("an old opening stays", "slot", slot, "error", err)
		}
	}
	c.records.openings = append(c.records.openings[:0], b.Slot)
	return nil
}

// restore reads what is on disk, until it can from time to time. Before the openings are
// read nothing is sent, since the window may have had its beacon.
func (c *Coverage) restore(ctx context.Context) {
	if c.restored || time.Now().Before(c.diskLook) {
		return
	}
	err := c.readOpenings(ctx)
	c.beaconer.SetSpool(err == nil)
	if err != nil {
		if ctx.Err() != nil {
			return // it is not the disk's fault
		}
		if c.diskFault == "" {
			c.parts.Log.Error("no beacons are sent: the openings on disk cannot be read, will try again", "error", err)
		}
		c.diskFault, c.diskLook = err.Error(), time.Now().Add(longTurn)
		return
	}
	c.restored, c.diskFault = true, ""
	c.restorePending(ctx)
	c.log.restore(ctx)
	c.step(ctx, witness.PlanSet{Plan: c.parts.Plan, Levels: c.parts.Levels})
}

func (c *Coverage) readOpenings(ctx context.Context) error {
	if err := c.parts.Openings.Hasten(ctx); err != nil {
		return err
	}
	for {
		record, ok, err := c.parts.Openings.Next(ctx, time.Now())
		if err != nil || !ok {
			return err
		}
		opening, err := witness.ParseBeacon(record.Body)
		if err != nil {
			refused := c.parts.Openings.Refuse(ctx, record.Key, err.Error(), time.Now())
			c.parts.Log.Error("an opening on disk cannot be read", "error", errors.Join(err, refused))
			continue
		}
		c.beaconer.Restore(opening)
		c.own(ctx, witness.TagOf(opening.Signature))
		c.records.openings = append(c.records.openings, opening.Slot)
	}
}
