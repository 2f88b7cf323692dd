package hotspot

import (
	"context"
	"errors"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// read takes a message of the network. What cannot be used is told at debug level
// and counted: anybody with a broker could fill the log.
func (c *Coverage) read(ctx context.Context, m Mail) {
	var err error
	switch m.Name {
	case "anchor":
		err = c.readAnchors(ctx, m.Payload)
	case "value":
		err = c.readValues(ctx, m)
	case "ack":
		err = c.readAnswer(ctx, m.Payload)
	case "heard":
		err = c.readHeard(m.Payload)
	case "checkpoint":
		err = c.readCheckpoints(m.Payload)
	case "proof":
		stranger := c.registry.lacks()
		switch {
		case !c.registry.answered(m.Payload):
			err = c.log.answered(m.Payload)
		case stranger && !c.registry.lacks():
			c.log.signAgain() // the signatures of strangers are not taken
		}
	}
	if err != nil {
		c.counts.Unusable++
		c.parts.Log.Debug("a message of the network cannot be used", "message", m.Name, "error", err)
	}
}

// readAnchors takes the network's anchors, and with them the values that came before theirs:
// brokers give what they retain in any order. That a value still has no anchor was told.
func (c *Coverage) readAnchors(ctx context.Context, payload []byte) error {
	anchors, err := witness.ParseAnchors(payload)
	for _, a := range anchors {
		err = errors.Join(err, c.chains.AddAnchor(a))
	}
	if early := c.early; early != nil {
		if again := c.readValues(ctx, Mail{Payload: early, Retained: true}); !errors.Is(again, witness.ErrNoAnchor) {
			err = errors.Join(err, again)
		}
	}
	return err
}

// readValues takes what was revealed. Fresh is the newest one alone, and only if it
// came when it was published and was not known: the others may be old. A message with a
// value whose anchor has not come is kept until it is read again, or another one comes.
func (c *Coverage) readValues(ctx context.Context, m Mail) error {
	c.early = nil
	values, err := witness.ParseValues(m.Payload)
	var newest witness.Slot
	for _, v := range values {
		newest = max(newest, v.Slot)
	}
	for _, v := range values {
		_, known := c.chains.Value(v.Slot)
		if refused := c.chains.AddValue(v); refused != nil {
			err = errors.Join(err, refused)
			if errors.Is(refused, witness.ErrNoAnchor) {
				c.early = m.Payload
			}
			continue
		}
		fresh := !m.Retained && !known && v.Slot == newest
		if fresh {
			c.confirm(v.Slot)
		}
		c.step(ctx, witness.ValueSeen{Slot: v.Slot, Fresh: fresh})
	}
	return err
}

// readAnswer settles the record that a receipt or a refusal is about.
func (c *Coverage) readAnswer(ctx context.Context, payload []byte) error {
	if c.submission.answered(payload, c.parts.Log) {
		c.registry.again()
		return nil
	}
	if witness.IsRefusal(payload) {
		return c.readRefusal(ctx, payload)
	}
	receipt, err := log.ParseReceipt(payload, c.parts.Network, c.ingests()...)
	if err != nil {
		return err
	}
	id := receipt.Record
	delete(c.records.flying, id)
	c.log.hold(receipt)
	err = c.parts.Reports.Ack(ctx, id[:], payload, time.Now())
	if errors.Is(err, spool.ErrUnknown) {
		return nil // the same receipt again
	}
	if err == nil {
		c.counts.Receipts++
		c.registry.received()
	}
	return err
}

// readRefusal settles a report that the network will never take. One that it may take
// later stays, and is sent again after its pause.
func (c *Coverage) readRefusal(ctx context.Context, payload []byte) error {
	r, err := witness.ParseRefusal(payload)
	if err != nil {
		return err
	}
	id, ok := c.records.published(r.Report)
	if !ok {
		return errors.New("a refusal of nothing that was sent of late")
	}
	c.countRefusal(r, id)
	c.registry.refused(r.Reason)
	if r.Reason.Again() {
		return nil
	}
	delete(c.records.flying, id)
	return c.parts.Reports.Refuse(ctx, id[:], string(r.Reason), time.Now())
}

// mostReasons bounds the reasons that are told apart: a network may have any number.
const mostReasons = 32

// countRefusal counts a refusal, and tells of the first one of each reason.
func (c *Coverage) countRefusal(r witness.Refusal, id radio.RecordID) {
	n := &c.counts
	n.Refused++
	n.Refusal, n.RefusalText = string(r.Reason), r.Text
	if n.Refusals == nil {
		n.Refusals = map[string]uint64{}
	}
	if n.Refusals[n.Refusal] == 0 && len(n.Refusals) == mostReasons {
		return
	}
	n.Refusals[n.Refusal]++
	if n.Refusals[n.Refusal] == 1 {
		c.parts.Log.Warn("the network refuses a report; further ones with this reason are counted only", "record", id, "reason", r.Reason, "text", r.Text, "sent_again", r.Reason.Again())
	}
}

// ingests are the keys that may sign receipts besides the network's.
func (c *Coverage) ingests() []radio.Station {
	var all []radio.Station
	for _, s := range c.chains.Anchors() {
		if a, err := witness.ParseAnchor(s.Body); err == nil {
			all = append(all, a.Ingests...)
		}
	}
	return all
}

// hear lets the collector know of an event and reports what it hands over.
func (c *Coverage) hear(ctx context.Context, e witness.CollectorEvent) {
	now, _ := c.now()
	c.batches(ctx, c.collector.Step(now, e))
}

func (c *Coverage) batches(ctx context.Context, batches []witness.SendBatch) {
	for _, b := range batches {
		c.counts.Witnesses += uint64(len(b.Batch.Observations))
		for _, o := range b.Batch.Observations {
			c.lastHeard = max(c.lastHeard, o.Heard)
		}
		c.records.keepSurely(ctx, radio.KindWitness, b.Batch.Append(nil))
	}
}
