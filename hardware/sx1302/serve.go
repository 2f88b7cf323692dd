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

// serve reads uplinks, sends frames and looks after the chip until an error.
func (c *Concentrator) serve(ctx context.Context, r *receiver, info Info) (err error) {
	poll, look := time.NewTicker(pollEvery), time.NewTicker(lookEvery)
	defer poll.Stop()
	defer look.Stop()
	last, err := r.examine(ctx)
	if err != nil {
		return err
	}
	x := newTransmitter(c.chain, r)
	c.attach(x, reading{last.counter, last.before})
	defer func() { c.detach(); x.close(err) }()
	c.announce(info)
	for err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-poll.C:
			err = c.fetch(ctx, x)
		case <-x.aim.C:
			err = c.fetch(ctx, x)
		case job := <-x.accept():
			err = x.load(ctx, job, c.Now())
		case <-x.cancelled():
			err = x.abort(ctx, "given up")
		case <-look.C:
			last, err = c.look(ctx, r, last)
		case <-c.planning.asked:
			err = errReplanned
		}
	}
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), x.shutdown(ctx))
	}
	return err
}

// fetch takes what has arrived, as long as there is room for it, and looks at the
// transmitter.
func (c *Concentrator) fetch(ctx context.Context, x *transmitter) error {
	for range repolls {
		if cap(c.uplinks)-len(c.uplinks) < pollSize {
			return x.glance(ctx)
		}
		found, err := c.poll(ctx, x)
		if err != nil || found < busyPoll {
			return err
		}
	}
	return nil
}

// poll makes one poll and gives away what it found.
func (c *Concentrator) poll(ctx context.Context, x *transmitter) (found int, err error) {
	before := time.Now()
	p, err := x.r.poll(ctx)
	host := x.r.hostTime()
	c.update(func(s *Status) {
		s.count(p)
		if err == nil {
			c.counter = reading{p.now, before}
			c.pulses.see(p, x.r.clock, host)
			c.pulses.date(p, &x.r.setup)
		}
	})
	if err != nil {
		return 0, err
	}
	for _, u := range p.uplinks {
		c.uplinks <- u
	}
	return len(p.uplinks), x.observe(ctx)
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
	c.update(func(s *Status) {
		s.Info, s.Counter, s.Pulse = info, now.counter, now.pps != then.pps
		c.counter = reading{now.counter, now.before}
	})
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
