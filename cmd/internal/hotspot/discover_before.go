package hotspot

import (
	"context"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// Of what was announced before the start.
const (
	mostRecent = 1024 // records that are looked at: more than a busy hotspot makes in an hour

	clockStep = witness.Millis(1_000) // by which the clock was set, and not only read a little late
)

// steadiness is how far the host's clock and the time that has passed have parted.
type steadiness struct {
	began time.Time // of the process, for the time that has passed
	clock witness.Millis
}

func steadySince(began time.Time) steadiness { return steadiness{began, witness.MillisOf(began)} }

func (s *steadiness) passed() witness.Millis {
	return witness.Millis(time.Since(s.began) / time.Millisecond)
}

// moved says by how much the clock was set since the last time that it was asked.
func (s *steadiness) moved(now witness.Millis) witness.Millis {
	by := now - s.clock - s.passed()
	if by < clockStep && -by < clockStep {
		return 0
	}
	s.clock += by
	return by
}

// start is when the process began, as the clock is now.
func (s *steadiness) start() witness.Millis { return s.clock }

// discoveriesBefore are the last discovery beacons before the start. When they were is
// known only by a clock that may have been another one, so the latest time counts that any
// of its states has given. It is never after the start: an hour later they are over.
type discoveriesBefore struct {
	known bool
	told  []witness.Millis // as their announcements say, rising
	times []witness.Millis // as they count
}

// adjust is told that the clock was set, and when the process began by it.
func (d *discoveriesBefore) adjust(by, start witness.Millis) {
	for i, told := range d.told {
		d.times[i] = max(d.times[i]+by, min(told, start))
	}
}

// lookAtSteadiness has the discovery beacons of the hour keep their distance from the
// present if the clock was set.
func (c *Coverage) lookAtSteadiness(ctx context.Context, now witness.Millis) {
	by := c.steady.moved(now)
	if by == 0 {
		return
	}
	c.confirmed = false // what showed the clock right was about another one
	c.before.adjust(by, c.steady.start())
	c.beaconer.RestoreDiscoveries(c.before.times)
	if c.survey != nil {
		c.survey.until += by
	}
	c.act(ctx, now, witness.ClockMoved{By: by})
}

// restoreDiscoveries counts the discovery beacons before the start, once the clock is
// trusted: before that none can be sent. If they cannot be read, the hour's were sent.
func (c *Coverage) restoreDiscoveries(ctx context.Context) {
	if c.before.known {
		return
	}
	recent, err := c.parts.Reports.Recent(ctx, mostRecent)
	start := c.steady.start()
	told := announcedIn(recent)
	if err != nil {
		c.parts.Log.Warn("the discovery beacons before the start are not known: none is sent for an hour", "error", err)
		told = slices.Repeat([]witness.Millis{start}, witness.DiscoveryRate)
	}
	c.before = discoveriesBefore{known: true, told: told, times: make([]witness.Millis, len(told))}
	c.before.adjust(0, start)
	c.beaconer.RestoreDiscoveries(c.before.times)
}

// announcedIn gives the times of the latest announcements among records, newest first. One
// that was put down after another was sent after it, whatever the clock was.
func announcedIn(records [][]byte) (told []witness.Millis) {
	for _, body := range records {
		s, err := radio.ParseSigned(body)
		if err != nil || s.Kind != radio.KindDiscovery {
			continue
		}
		if d, err := witness.ParseDiscovery(s.Body); err == nil && len(told) < witness.DiscoveryRate {
			told = append(told, d.Sent)
		}
	}
	slices.Reverse(told)
	for i := 1; i < len(told); i++ {
		told[i] = max(told[i], told[i-1])
	}
	return told
}
