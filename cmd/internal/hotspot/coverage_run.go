package hotspot

import (
	"context"
	"time"

	"hexspot/witness"
)

// How often things are looked at that nobody tells of.
const (
	clockPause = time.Second // while the clock is not trusted
	sitePause  = time.Minute
	longTurn   = 10 * time.Second
	lastWords  = time.Second            // for what is written at the end
	farewell   = 300 * time.Millisecond // for the network to answer what is sent at the end

	// copyPause is how long further receptions of a frame are waited for, which come
	// with the same fetch from the chip, before it may be reported.
	copyPause = 50 * time.Millisecond
)

// Run works until ctx ends. It begins with what is on disk.
func (c *Coverage) Run(ctx context.Context) error {
	defer close(c.ended)
	c.locked(func() { c.restore(ctx) })
	defer c.finish(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for due := time.Now(); ; timer.Reset(time.Until(due)) {
		select {
		case <-ctx.Done():
			return nil
		case u := <-c.heard:
			c.locked(func() { c.hear(ctx, c.heardOf(u)) })
			due = earlier(due, time.Now().Add(copyPause))
			continue
		case m := <-c.mail:
			c.locked(func() { c.read(ctx, m) })
		case <-c.arrived:
			c.locked(func() {
				c.registry.again()
				c.log.begin()
				c.records.hasten(ctx)
			})
		case e := <-c.answers:
			c.locked(func() { c.step(ctx, e) })
		case d := <-c.demands:
			c.locked(func() { c.obey(ctx, d) })
		case <-timer.C:
		}
		c.locked(func() { due = time.Now().Add(c.turn(ctx)) })
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (c *Coverage) locked(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// turn lets time pass and says when the next turn is due.
func (c *Coverage) turn(ctx context.Context) time.Duration {
	c.restore(ctx)
	now, _ := c.now()
	c.lookAtSteadiness(ctx, now) // before anything is dated by a clock that was set
	now, trusted := c.now()
	c.lookAtClock(ctx, trusted)
	c.lookAtSite(ctx)
	c.lookAtRegistry(ctx, now)
	c.step(ctx, nil)
	c.tellReason(now)
	if trusted {
		c.hear(ctx, nil)
		c.chains.Expire(now)
	}
	c.watch(ctx, now)
	c.records.retry(ctx)
	c.keepPending(ctx, false)
	c.records.send(ctx)
	c.lookAtLog()
	c.submission.submit(c.site, c.parts.Link)
	return c.wait(now)
}

// lookAtClock tells the beaconer when trust in the clock changes, and has frames
// dated that were heard before.
func (c *Coverage) lookAtClock(ctx context.Context, trusted bool) {
	if trusted != c.trusted {
		c.trusted = trusted
		c.restoreDiscoveries(ctx)
		c.step(ctx, witness.ClockSet{Trusted: trusted})
	}
	if at := c.parts.Counter(); trusted && !at.IsZero() {
		c.hear(ctx, witness.ClockKnown{At: at})
	}
}

// lookAtSite reads the site from time to time: it may be signed after the start.
func (c *Coverage) lookAtSite(ctx context.Context) {
	if time.Now().Before(c.siteLook) {
		return
	}
	c.siteLook = time.Now().Add(sitePause)
	var placement *witness.Placement
	site, err := c.parts.Site()
	if site != nil {
		placement = &site.Placement
	}
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != c.siteFault && fault != "" {
		c.parts.Log.Warn("no beacons are sent: no site can be read", "error", err)
	}
	c.siteFault, c.site = fault, site
	c.compareAntenna()
	c.step(ctx, witness.SiteSet{Site: placement})
}

// compareAntenna holds the antenna of the configuration against the site's.
func (c *Coverage) compareAntenna() {
	differs := ""
	if c.site != nil {
		if err := c.parts.Antenna.checkSite(c.site); err != nil {
			differs = err.Error()
		}
	}
	if differs != "" && differs != c.antenna {
		c.parts.Log.Warn("beacons will be judged by another antenna than the one they are sent with: correct [antenna] or sign the site anew", "error", differs)
	}
	c.antenna = differs
}

// wait is the time until something is due. Work that is due at once waits a
// millisecond, which is what the host's times are counted in.
func (c *Coverage) wait(now witness.Millis) time.Duration {
	next := c.beaconer.Next(now)
	if at, ok := c.collector.Next(now); ok && c.trusted { // else turn does not ask it
		next = min(next, at)
	}
	if c.survey != nil {
		next = min(next, c.survey.ends())
	}
	wait := longTurn
	if !c.trusted {
		wait = clockPause
	}
	if c.parts.Link.Online() {
		wait = min(wait, max(time.Until(c.records.look), time.Second/sendRate))
	}
	return min(max((next-now).Duration(), time.Millisecond), wait)
}

// finish writes what was heard or sent and not yet reported, and sends what it can.
func (c *Coverage) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	c.locked(func() {
		for len(c.answers) > 0 {
			c.step(ctx, <-c.answers)
		}
		for len(c.heard) > 0 {
			c.hear(ctx, c.heardOf(<-c.heard))
		}
		c.batches(ctx, c.collector.Flush())
		c.records.retry(ctx)
		c.keepPending(ctx, true)
		if c.survey != nil {
			c.endSurvey(ctx)
		}
	})
	c.sendOff(ctx)
}

// sendOff sends reports as long as the network answers: not for long, and what has no
// answer is sent after the next start. It reads answers only: values would begin what
// nobody ends.
func (c *Coverage) sendOff(ctx context.Context) {
	enough := time.NewTimer(farewell)
	defer enough.Stop()
	for {
		c.locked(func() { c.records.send(ctx) })
		if len(c.records.flying) == 0 {
			return
		}
		select {
		case m := <-c.mail:
			if m.Name == "ack" {
				c.locked(func() { c.read(ctx, m) })
			}
		case <-enough.C:
			return
		}
	}
}

// join returns when Run has ended; a nil Coverage does not run.
func (c *Coverage) join() {
	if c != nil {
		<-c.ended
	}
}
