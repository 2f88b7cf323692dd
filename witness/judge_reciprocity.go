package witness

import (
	"fmt"
	"io"
	"maps"
	"slices"

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

// Reciprocity knows who was on which side of a good event: the input of the second
// pass. It keeps, of an epoch, each station's first and last event on each side;
// that is enough, because no event of the epoch is too old for a later case of
// it. It is not safe for concurrent use; Merge joins several.
type Reciprocity struct {
	set     *Set
	horizon int64
	before  State
	now     map[radio.Station]*sides
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
	if epoch > p.Horizon {
		return nil, fmt.Errorf("an epoch of %d ms is longer than the %d ms that an event counts", epoch, p.Horizon)
	}
	return &Reciprocity{set: p.Set, horizon: p.Horizon, before: before, now: map[radio.Station]*sides{}}, nil
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
	if r.now[s] == nil {
		r.now[s] = &sides{}
	}
	return r.now[s]
}

// Merge takes the events of another part of the same epoch.
func (r *Reciprocity) Merge(other *Reciprocity) {
	for s, o := range other.now {
		mine := r.of(s)
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
		b.Findings[len(b.Findings)-1] = r.find(v, b, r.now[b.Station].witness(), r.before[b.Station].Witnessed)
		b.Reason = firstFailure(r.set.Beacon, b.Findings, true)
	}
	r.settleWitnesses(v, v.Beacon())
}

func (r *Reciprocity) settleWitnesses(v *Verdict, b *Judged) {
	for i := range v.Witnesses {
		w := &v.Witnesses[i]
		w.Findings[0] = yes(b.Valid()) // every set's first row
		w.Findings[len(w.Findings)-1] = r.find(v, w, r.now[w.Station].beacon(), r.before[w.Station].Beaconed)
		w.conclude(r.set, b, true)
	}
}

func (s *sides) witness() span {
	if s == nil {
		return span{}
	}
	return s.witnessed
}

func (s *sides) beacon() span {
	if s == nil {
		return span{}
	}
	return s.beaconed
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
	after := maps.Clone(r.before)
	if after == nil {
		after = State{}
	}
	for s, n := range r.now {
		e := after[s]
		e.Beaconed, e.Witnessed = max(e.Beaconed, n.beaconed.last), max(e.Witnessed, n.witnessed.last)
		after[s] = e
	}
	return after
}

// AppendText appends the state as lines of station, last beaconed, last witnessed and, if
// there is one, last reported, sorted by station: the same for equal states.
func (s State) AppendText(b []byte) []byte {
	out := textSink{b: b}
	s.text(&out)
	return out.b
}

// WriteText writes what AppendText appends.
func (s State) WriteText(w io.Writer) error {
	out := textSink{w: w}
	s.text(&out)
	return out.flush()
}

func (s State) text(out *textSink) {
	for _, station := range slices.SortedFunc(maps.Keys(s), compareStations) {
		e := s[station]
		out.b = fmt.Appendf(station.AppendHex(out.b), " %d %d", e.Beaconed, e.Witnessed)
		if e.Reported > 0 {
			out.b = fmt.Appendf(out.b, " %d", e.Reported)
		}
		out.b = append(out.b, '\n')
		out.line()
	}
}

func compareStations(a, b radio.Station) int { return a.Compare(b) }
