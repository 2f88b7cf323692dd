package sx1302

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"hexspot/hardware"
)

// How often a running chip is asked for uplinks, and looked after.
const (
	pollEvery = 10 * time.Millisecond
	lookEvery = 10 * time.Second

	// A poll that finds this many is repeated at once, so many times.
	busyPoll = 16
	repolls  = 4
)

// defaultTemperature is that of a board that cannot tell, in degrees Celsius.
const defaultTemperature = 25

// serve reads uplinks and looks after the chip until an error.
func (c *Concentrator) serve(ctx context.Context, r *receiver) error {
	poll, look := time.NewTicker(pollEvery), time.NewTicker(lookEvery)
	defer poll.Stop()
	defer look.Stop()
	last, err := r.examine(ctx)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
			err = c.fetch(ctx, r)
		case <-look.C:
			last, err = c.look(ctx, r, last)
		case <-c.planning.asked:
			err = errReplanned
		}
		if err != nil {
			return err
		}
	}
}

// fetch takes what has arrived, as long as there is room for it.
func (c *Concentrator) fetch(ctx context.Context, r *receiver) error {
	for range repolls {
		if cap(c.uplinks)-len(c.uplinks) < pollSize {
			return nil
		}
		p, err := r.poll(ctx)
		c.update(func(s *Status) { s.count(p) })
		if err != nil {
			return err
		}
		for _, u := range p.uplinks {
			c.uplinks <- u
		}
		if len(p.uplinks) < busyPoll {
			return nil
		}
	}
	return nil
}

// look examines the chip and compares with the look before.
func (c *Concentrator) look(ctx context.Context, r *receiver, then health) (health, error) {
	now, err := r.examine(ctx)
	if err != nil {
		return now, err
	}
	if err := judgeHealth(then, now); err != nil {
		return now, err
	}
	info := c.Status().Info
	err = c.warm(ctx, &info, r)
	c.update(func(s *Status) { s.Info, s.Counter, s.Pulse = info, now.counter, now.pps != then.pps })
	return now, err
}

// warm adapts the RSSI to the board's temperature. A board that cannot tell it is
// mentioned once.
func (c *Concentrator) warm(ctx context.Context, info *Info, r *receiver) error {
	err := info.measure(ctx, r.bus)
	switch {
	case err == nil:
		r.setTemperature(info.Temperature)
		return nil
	case errors.Is(err, hardware.ErrGone) || ctx.Err() != nil:
		return err
	}
	r.setTemperature(defaultTemperature)
	if !c.coldTold {
		c.coldTold = true
		c.log.Warn("the board's temperature is not known, correcting RSSI for 25 °C", "error", err)
	}
	return nil
}

// newSession draws the number of a session, other than zero.
func newSession() uint64 {
	for {
		var b [8]byte
		rand.Read(b[:]) // never fails
		if n := binary.BigEndian.Uint64(b[:]); n != 0 {
			return n
		}
	}
}
