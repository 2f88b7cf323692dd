package ether

import (
	"cmp"
	"strings"
	"time"
)

// disturber is a signal that falls into another one's band.
type disturber struct {
	*flight
	weight float64 // how much of the wanted signal's margin a milliwatt of it takes
	share  float64 // the same of this signal at the receiver in question, mW
}

// disturbers are the signals that can disturb one in a span of time, at any
// receiver. The slice is good until the next call.
func (e *Ether) disturbers(f *flight, from, to time.Duration) []disturber {
	e.near = e.near[:0]
	for _, g := range e.air {
		if g == f || !g.overlaps(from, to) {
			continue
		}
		if share := f.band.share(g.band); share > 0 {
			e.near = append(e.near, disturber{flight: g, weight: share * ratio(f.kind.over(g.kind))})
		}
	}
	return e.near
}

// lock is the end of a signal's preamble: who begins to receive it?
func (e *Ether) lock(f *flight) {
	if f.end <= f.lock {
		return // cut before anyone could
	}
	near := e.disturbers(f, f.clean, f.lock)
	f.arrivals = e.receivers(f)
	for i := range f.arrivals {
		o := &f.arrivals[i]
		o.level = e.level(f, o.to)
		fate, by := e.survives(f, o, near, f.clean, f.lock)
		if fate == Heard {
			fate, by = o.to.demodulates(f)
		}
		if fate != Heard {
			o.fate, o.by = fate, by
			continue
		}
		o.lock = true
		o.to.locked = append(o.to.locked, f)
	}
}

// survives says whether a receiver can follow a signal over a span of time: it
// does as long as the signal is as strong as all that disturbs it, noise and each
// other signal times its threshold, together.
func (e *Ether) survives(f *flight, o *outcome, near []disturber, from, to time.Duration) (Fate, ID) {
	noise := o.to.noise * f.need
	if o.level < noise {
		return TooWeak, Nobody
	}
	if o.to.transmits(from, to) {
		return Deaf, Nobody
	}
	total, worst := e.shares(near, o.to)
	switch {
	case noise+total <= o.level:
		return Heard, Nobody
	case noise+worst.share > o.level || noise+peak(near, from) > o.level:
		return Collided, worst.From
	}
	return Heard, Nobody
}

// shares works out what each disturber takes at a receiver. Of equal ones the
// first is the worst.
func (e *Ether) shares(near []disturber, to *station) (total float64, worst *disturber) {
	for i := range near {
		d := &near[i]
		d.share = d.weight * e.level(d.flight, to)
		total += d.share
		if worst == nil || d.share > worst.share {
			worst = d
		}
	}
	return total, worst
}

// peak is the most that disturbers take at one instant. The sum can only rise when
// one of them begins.
func peak(near []disturber, from time.Duration) (most float64) {
	for i := range near {
		at, sum := max(near[i].Start, from), 0.0
		for j := range near {
			if d := &near[j]; d.Start <= at && at < d.end {
				sum += d.share
			}
		}
		most = max(most, sum)
	}
	return most
}

// transmits says whether a station itself is on the air in a span of time.
func (s *station) transmits(from, to time.Duration) bool {
	for _, f := range s.sent {
		if f.overlaps(from, to) {
			return true
		}
	}
	return false
}

// demodulates says whether a station has a demodulator for a signal: one that
// follows a frame on the same channel at the same rate does not leave it for a
// later one, however strong.
func (s *station) demodulates(f *flight) (Fate, ID) {
	s.locked = forget(s.locked, f.lock)
	for _, held := range s.locked {
		if held.kind == f.kind && f.kind.tunes(held.Frequency, f.Frequency) {
			return Collided, held.From
		}
	}
	if len(s.locked) >= s.Demodulators {
		return Crowded, Nobody
	}
	return Heard, Nobody
}

func (s *station) compare(t *station) int {
	if c := strings.Compare(s.Name, t.Name); c != 0 {
		return c
	}
	return cmp.Compare(s.id, t.id)
}
