package witness

import (
	"fmt"
	"slices"

	"hexspot/coverage"
)

// Surroundings are what a station's epoch is to be seen beside.
type Surroundings struct {
	Plan     bool   // the network knows the channel plan of its site
	PlanName string // of its site
	Within   coverage.Millimetres
	Stations uint64               // other full stations with its plan and within that distance
	Awake    uint64               // of these, that reported anything in the epoch
	Nearest  coverage.Millimetres // of these; only if there are any

	Others       uint64               // full stations within that distance with another plan: they cannot hear each other
	OthersWithin coverage.Millimetres // the nearest of them; only if there are any
}

// Cause is why a station got nothing in an epoch, and what to do about it.
type Cause struct {
	Name string // one of the table, for programs
	Rule Fault  // the rule that most reports failed, if that is the cause
	Clue ClueName
	Says string // a sentence
	Cure string // a sentence
}

// cause is a row of the table: the first one that holds is the cause.
type cause struct {
	name  string
	holds func(*standing) bool
	tell  func(*standing) Cause
}

// standing is a station's epoch, seen beside the rules and its surroundings.
type standing struct {
	set    *Set
	tally  *Tally
	around Surroundings
}

// causes go from what keeps a station out of everything to what only takes the last of
// its reward. A weight or a scale comes before reports: where one decides there was
// something to be paid, and nothing else was in the way.
var causes = []cause{
	{"not_registered", func(s *standing) bool { return s.tally.Presence == PresenceNone }, (*standing).tellUnregistered},
	{"data_only", func(s *standing) bool { return s.tally.Presence == PresenceDataOnly }, (*standing).tellDataOnly},
	{"no_plan", func(s *standing) bool { return !s.around.Plan }, (*standing).tellNoPlan},
	{"weight", func(s *standing) bool { return s.tally.BeaconWhole+s.tally.WitnessWhole > 0 }, (*standing).tellWeight},
	{"density", func(s *standing) bool { return s.tally.Selections+s.tally.Selected > 0 }, (*standing).tellDensity},
	{"silent", func(s *standing) bool { return s.tally.Beacons.Total()+s.tally.Observations.Total() == 0 }, (*standing).tellSilent},
	{"no_beacon", func(s *standing) bool { return s.tally.Beacons.Total() == 0 }, (*standing).tellNoBeacon},
	{"heard_nobody", func(s *standing) bool { return s.onlyListeningLacks() && s.tally.Observations.Total() == 0 }, (*standing).tellHeardNobody},
	{"observations_failed", func(s *standing) bool { return s.onlyListeningLacks() && s.observationFault() != "" }, (*standing).tellObservations},
	{"reciprocity", (*standing).onlyListeningLacks, (*standing).tellReciprocity},
	{"beacons_failed", func(s *standing) bool { return s.tally.Beacons[""] == 0 }, (*standing).tellBeacons},
	{"witnesses_failed", func(s *standing) bool { return s.tally.Witnesses == 0 && s.witnessFault() != "" }, (*standing).tellWitnesses},
	{"unheard", func(s *standing) bool { return s.tally.Witnesses == 0 }, (*standing).tellUnheard},
	{"not_selected", func(*standing) bool { return true }, (*standing).tellNotSelected},
}

// CauseOf is the one cause of an epoch without reward; false if there is a reward. The
// same tally and surroundings always have the same cause.
func (s *Set) CauseOf(t *Tally, around Surroundings) (Cause, bool) {
	if t.Shares() > 0 {
		return Cause{}, false
	}
	standing := &standing{s, t, around}
	for _, row := range causes {
		if row.holds(standing) {
			c := row.tell(standing)
			c.Name = row.name
			return c, true
		}
	}
	panic("the last row of the table always holds")
}

// onlyListeningLacks says that the beacons were good but for the rule that their station
// witness others: the cause is on the side of its ears.
func (s *standing) onlyListeningLacks() bool {
	last := s.set.Beacon[len(s.set.Beacon)-1].Name
	return s.tally.Beacons[""] == 0 && mostOf(s.tally.Beacons, s.set.Beacon) == last
}

// observationFault is the rule that most of its observations failed, but for the one that
// its own beacons be witnessed, and for beacons that were not valid themselves.
func (s *standing) observationFault() Fault {
	if s.tally.Observations[""] > 0 {
		return ""
	}
	last := s.set.Witness[len(s.set.Witness)-1].Name
	return mostOf(s.tally.Observations, s.set.Witness, last)
}

// mostOf is the reason that most reports have, of equal ones the one whose rule comes
// first; some are not counted, and neither are valid reports.
func mostOf(counts Counts, rules []Rule, but ...Fault) Fault {
	most, name := uint64(0), Fault("")
	for i := range rules {
		if n := counts[rules[i].Name]; n > most && !slices.Contains(but, rules[i].Name) {
			most, name = n, rules[i].Name
		}
	}
	for _, reason := range sortedReasons(counts) {
		if n := counts[reason]; n > most && reason != "" && !slices.Contains(but, reason) {
			most, name = n, reason
		}
	}
	return name
}

// needOf is what would make a rule pass.
func needOf(rules []Rule, name Fault) string {
	for i := range rules {
		if rules[i].Name == name {
			return rules[i].Need
		}
	}
	if name == FaultOrphan {
		return "nothing of yours: nobody has reported to have sent these frames"
	}
	return fmt.Sprintf("look at one of the reports: 'hexnet witness explain' says more about %s", name)
}
