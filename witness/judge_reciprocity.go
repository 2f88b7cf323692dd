package witness

import (
	"fmt"

	"hexspot/radio"
)

// Events is when a station last took part in a good event, in Unix ms; 0: never.
type Events struct {
	Beaconed  int64 // its own beacon was
	Witnessed int64 // it witnessed one
	// Reported is when its last beacon report came, valid or not. Only sets that ask for it
	// (helium-2026-05) have it, of stations that the registry knows.
	Reported int64
}

// State is what one epoch hands to the next: the latest events of each station.
type State map[radio.Station]Events

// At are the events of a station.
func (s State) At(station radio.Station) Events { return s[station] }

// EventsBy is a State by the numbers of stations. Who has a number past its end has no event.
type EventsBy []Events

// At are the events of the station with a number.
func (e EventsBy) At(number uint32) Events {
	if int(number) < len(e) {
		return e[number]
	}
	return Events{}
}

// EventsBy is the state by the numbers of stations, which they are given if they have none.
func (s State) EventsBy(stations *radio.Stations) EventsBy {
	if len(s) == 0 {
		return nil
	}
	for station := range s {
		stations.Number(station)
	}
	by := make(EventsBy, stations.Len())
	for station, e := range s {
		by[stations.Number(station)] = e
	}
	return by
}

// Reciprocity knows who was on which side of a good event: the input of the second
// pass. It keeps, of an epoch, each station's first and last event on each side;
// that is enough, because no event of the epoch is too old for a later case of
// it. It is not safe for concurrent use, but Settle is beside Settle; Merge joins several.
type Reciprocity struct {
	set      *Set
	horizon  int64
	stations *radio.Stations
	before   EventsBy
	now      []sides // by number
}

type sides struct{ beaconed, witnessed span }

// span is the first and the last of some moments; the zero span has none.
type span struct{ first, last int64 }

func (s *span) add(t int64) {
	if s.last == 0 || t < s.first {
		s.first = t
	}
	s.last = max(s.last, t)
}

func (s *span) join(o span) {
	if o.last != 0 {
		s.add(o.first)
		s.add(o.last)
	}
}

// NewReciprocity starts an epoch of a length in ms with the state it is given. An
// epoch longer than the horizon is an error: one event at its start would be
// forgotten before its end.
func NewReciprocity(p *Parameters, before State, epoch int64) (*Reciprocity, error) {
	stations := &radio.Stations{}
	return NewLargeReciprocity(p, stations, before.EventsBy(stations), epoch)
}

// NewLargeReciprocity does as NewReciprocity with stations that are numbered already, and the
// state by number. It has 32 bytes a station.
func NewLargeReciprocity(p *Parameters, stations *radio.Stations, before EventsBy, epoch int64) (*Reciprocity, error) {
	if epoch > p.Horizon {
		return nil, fmt.Errorf("an epoch of %d ms is longer than the %d ms that an event counts", epoch, p.Horizon)
	}
	return &Reciprocity{set: p.Set, horizon: p.Horizon, stations: stations, before: before, now: make([]sides, stations.Len())}, nil
}

// Add takes the events of a verdict of the first pass.
func (r *Reciprocity) Add(v *Verdict) {
	b := v.Beacon()
	if b == nil || !b.Valid() {
		return
	}
	event := r.set.anyWitness && len(v.Witnesses) > 0
	for i := range v.Witnesses {
		if w := &v.Witnesses[i]; w.Valid() {
			event = true
			r.of(w.Station).witnessed.add(r.moment(v, w))
		}
	}
	if event {
		r.of(b.Station).beaconed.add(r.moment(v, b))
	}
}

// moment is when an event is, for a report's station.
func (r *Reciprocity) moment(v *Verdict, j *Judged) int64 {
	if r.set.byArrival {
		return j.Receive
	}
	return v.Start
}

func (r *Reciprocity) of(s radio.Station) *sides {
	n := int(r.stations.Number(s))
	if n >= len(r.now) {
		r.now = append(r.now, make([]sides, n+1-len(r.now))...)
	}
	return &r.now[n]
}

// known is what is known of a station: in this epoch, and before.
func (r *Reciprocity) known(s radio.Station) (now sides, before Events) {
	n, seen := r.stations.Find(s)
	if !seen {
		return sides{}, Events{}
	}
	if int(n) < len(r.now) {
		now = r.now[n]
	}
	return now, r.before.At(n)
}

// Merge takes the events of another part of the same epoch.
func (r *Reciprocity) Merge(other *Reciprocity) {
	for n, o := range other.now {
		if o == (sides{}) {
			continue
		}
		mine := r.of(other.stations.At(uint32(n)))
		mine.beaconed.join(o.beaconed)
		mine.witnessed.join(o.witnessed)
	}
}

// Settle is the second pass over one verdict, when all events were added: a beacon
// counts if its station witnessed others, an observation if its station was
// witnessed, in the horizon up to the moment of the event itself.
func (r *Reciprocity) Settle(v *Verdict) {
	if b := v.Beacon(); b == nil || len(b.Findings) == 0 {
		return // orphans, or all too late
	}
	for i := range v.Beacons {
		b := &v.Beacons[i]
		now, before := r.known(b.Station)
		b.Findings[len(b.Findings)-1] = r.find(v, b, now.witnessed, before.Witnessed)
		b.Reason = firstFailure(r.set.Beacon, b.Findings, true)
	}
	r.settleWitnesses(v, v.Beacon())
}

func (r *Reciprocity) settleWitnesses(v *Verdict, b *Judged) {
	for i := range v.Witnesses {
		w := &v.Witnesses[i]
		w.Findings[0] = yes(b.Valid()) // every set's first row
		now, before := r.known(w.Station)
		w.Findings[len(w.Findings)-1] = r.find(v, w, now.beaconed, before.Beaconed)
		w.conclude(r.set, b, true)
	}
}

// find gives the age of the latest event that is known to lie before the
// report's moment; a station without one is as old as the epoch of Unix.
func (r *Reciprocity) find(v *Verdict, j *Judged, now span, before int64) Finding {
	t, last := r.moment(v, j), int64(0)
	for _, event := range [...]int64{before, now.first, now.last} {
		if event <= t {
			last = max(last, event)
		}
	}
	if last == 0 {
		return Finding{RuleFailed, t, r.horizon - 1, min(-1, r.horizon-1-t)}
	}
	return atMost(t-last, r.horizon-1)
}

// After is the state for the next epoch: the latest of each station. BeaconIndex.Carry adds
// the reports.
func (r *Reciprocity) After() State {
	after := State{}
	for n, e := range r.AfterBy() {
		if e != (Events{}) {
			after[r.stations.At(uint32(n))] = e
		}
	}
	return after
}

// AfterBy is the state after the epoch by number.
func (r *Reciprocity) AfterBy() EventsBy {
	after := make(EventsBy, max(len(r.before), len(r.now)))
	copy(after, r.before)
	for n, now := range r.now {
		e := &after[n]
		e.Beaconed, e.Witnessed = max(e.Beaconed, now.beaconed.last), max(e.Witnessed, now.witnessed.last)
	}
	return after
}
