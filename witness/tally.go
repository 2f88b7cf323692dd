package witness

import (
	"cmp"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// Presence says what an epoch's snapshot has of a station.
type Presence string

// The presences.
const (
	PresenceNone     Presence = "none"      // no site
	PresenceDataOnly Presence = "data-only" // a site that takes no part
	PresenceFull     Presence = "full"
)

// PresenceOf is the presence of a station with these facts.
func PresenceOf(s *SiteFacts) Presence {
	switch {
	case !s.Known || !s.Located:
		return PresenceNone
	case !s.Full:
		return PresenceDataOnly
	}
	return PresenceFull
}

// Counts are reports by reason; "" are the valid ones.
type Counts map[Fault]uint64

// Tally is one station's epoch in numbers. Tallies of parts of an epoch Merge. The zero
// Tally, but for the station and a presence, is one that did nothing.
type Tally struct {
	Station  radio.Station
	Presence Presence
	Scale    coverage.Scale // density scale of its site, 0 without one
	Newcomer bool           // it was not counted in the density, and scaled as if it were

	Beacons      Counts // its beacon reports
	Observations Counts // its observations

	Witnesses    uint64 // valid ones, of its own valid beacons
	Invalid      Counts // the other observations of its own valid beacons
	Selections   uint64 // selected witnesses of its own beacons
	Selected     uint64 // its observations that were selected
	Beacon       uint64 // shares as a beaconer, 10^-8
	Witness      uint64 // shares as a witness, 10^-8
	BeaconWhole  uint64 // the same if every link weighed 10000
	WitnessWhole uint64

	Weakest []WeakLink // of the links of selected witnesses, MostWeak at most, weakest first
}

// MostWeak is how many weak links a Tally names.
const MostWeak = 3

// WeakLink is a link that weighs less than 10000, with the clue that leaves least.
type WeakLink struct {
	Partner radio.Station
	Weight  uint64 // ten-thousandths
	Whose   Whose
	Clue    Clue
}

// Whose says what a clue that bears on a link is about, as one of its stations sees it.
type Whose string

// What a clue may be about.
const (
	WhoseLink    Whose = "link"    // this link alone
	WhoseOwn     Whose = "own"     // the station that is told
	WhosePartner Whose = "partner" // the station at the other end
)

// Shares are what the station is paid by, 10^-8.
func (t *Tally) Shares() uint64 { return t.Beacon + t.Witness }

// Merge adds the tally of the same station in another part of the epoch.
func (t *Tally) Merge(o *Tally) {
	t.Beacons = t.Beacons.plus(o.Beacons)
	t.Observations = t.Observations.plus(o.Observations)
	t.Witnesses += o.Witnesses
	t.Invalid = t.Invalid.plus(o.Invalid)
	t.Selections += o.Selections
	t.Selected += o.Selected
	t.Beacon += o.Beacon
	t.Witness += o.Witness
	t.BeaconWhole += o.BeaconWhole
	t.WitnessWhole += o.WitnessWhole
	for _, l := range o.Weakest {
		t.Weaken(l)
	}
}

func (c Counts) plus(o Counts) Counts {
	if c == nil && len(o) > 0 {
		c = make(Counts, len(o))
	}
	for reason, n := range o {
		c[reason] += n
	}
	return c
}

// Total is the number of reports whatever became of them.
func (c Counts) Total() uint64 {
	n := uint64(0)
	for _, k := range c {
		n += k
	}
	return n
}

// Weaken notes a link that was used. A whole one is not kept, and one that is there
// already neither.
func (t *Tally) Weaken(l WeakLink) {
	if l.Weight >= whole || slices.ContainsFunc(t.Weakest, func(k WeakLink) bool { return k.Partner == l.Partner }) {
		return
	}
	t.Weakest = append(t.Weakest, l)
	slices.SortFunc(t.Weakest, func(a, b WeakLink) int {
		return cmp.Or(cmp.Compare(a.Weight, b.Weight), a.Partner.Compare(b.Partner))
	})
	t.Weakest = t.Weakest[:min(len(t.Weakest), MostWeak)]
}
