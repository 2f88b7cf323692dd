package witness

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// NotRegistered is the cause of a station that an epoch knows nothing of.
func NotRegistered() Cause {
	c := (*standing)(nil).tellUnregistered()
	c.Name = causes[0].name
	return c
}

// NotYet is the cause of a station whose first site begins with a later epoch, where that can
// be known: who asks has the registry, too.
func NotYet(from Epoch) Cause {
	c := NotRegistered()
	c.Says = fmt.Sprintf("The registry had no site of the station in this epoch: its first one begins with epoch %d.", from)
	c.Cure = sentence(nothingYet(from))
	return c
}

func nothingYet(from Epoch) string {
	return fmt.Sprintf("nothing to do: the site begins with epoch %d, and counts from then on", from)
}

func (*standing) tellUnregistered() Cause {
	return Cause{
		Says: "The registry had no site of the station in this epoch.",
		Cure: sentence(NeedSite + " ('hexspot site sign', 'hexnet site sign')"),
	}
}

func (s *standing) tellDataOnly() Cause {
	return Cause{
		Says: "The station's site is published as data-only: it carries packets and takes no part in proof of coverage.",
		Cure: "Publish the site as a full one, if it is to take part.",
	}
}

func (s *standing) tellNoPlan() Cause {
	return Cause{
		Says: "The channel plan of the station's site is none of this network's.",
		Cure: "Publish a channel plan that the network's parameters name.",
	}
}

func (s *standing) tellDensity() Cause {
	return Cause{
		Says: fmt.Sprintf("The station took part in paid events, but the density scale leaves nothing of them (its own is %s %%): too many stations share the place.",
			scaled(int64(s.tally.Scale), 2, 2)),
		Cure: "Move to a place that is not covered yet.",
	}
}

func (s *standing) tellSilent() Cause {
	return Cause{
		Says: "The network got no report from the station: neither a beacon nor anything it heard.",
		Cure: "See whether the hotspot runs, is connected and takes part: 'hexspot status' says which, and why no beacon is sent.",
	}
}

func (s *standing) tellNoBeacon() Cause {
	return Cause{
		Says: fmt.Sprintf("The station reported %s, but no beacon of its own: who does not send is neither paid for beacons nor, after 48 hours, for what it hears.",
			count(s.tally.Observations.Total(), "observation")),
		Cure: "'hexspot status' says why no beacon was sent (plan, clock, duty cycle, power level) or whether its report still waits.",
	}
}

func (s *standing) tellHeardNobody() Cause {
	c := Cause{
		Rule: s.set.Beacon[len(s.set.Beacon)-1].Name,
		Says: fmt.Sprintf("What the station sent (%s) does not count because it heard nobody: a station has to witness others, too. %s",
			count(s.tally.Beacons.Total(), "beacon"), s.neighbours()),
		Cure: "Check antenna, cable and receiver: stations around were on the air.",
	}
	if s.around.Awake == 0 {
		c.Cure = "There was nobody to hear. Coverage is proven by others: it takes another station within reach."
	}
	return c
}

func (s *standing) tellObservations() Cause {
	fault := s.observationFault()
	return Cause{
		Rule: fault,
		Says: fmt.Sprintf("What the station sent (%s) does not count because it has no valid observation: of %s most (%d) failed by rule %s.",
			count(s.tally.Beacons.Total(), "beacon"), count(s.tally.Observations.Total(), "observation"), s.tally.Observations[fault], fault),
		Cure: sentence(s.cureObservations(fault)),
	}
}

// cureObservations is what would make observations hold that failed by a rule.
func (s *standing) cureObservations(fault Fault) string {
	if fault == FaultBeacon {
		return "nothing of yours: what failed are the beacons of other stations that it heard; wait until one of these neighbours has a valid one"
	}
	return needOf(s.set.Witness, fault)
}

func (s *standing) tellReciprocity() Cause {
	return Cause{
		Rule: s.set.Beacon[len(s.set.Beacon)-1].Name,
		Says: fmt.Sprintf("What the station sent (%s) came before it had witnessed anybody within 48 hours.",
			count(s.tally.Beacons.Total(), "beacon")),
		Cure: "Nothing but time, if it goes on sending and hearing: after its first valid observation its beacons count.",
	}
}

func (s *standing) tellBeacons() Cause {
	fault := mostOf(s.tally.Beacons, s.set.Beacon)
	return Cause{
		Rule: fault,
		Says: fmt.Sprintf("Of %s none is valid; most (%d) failed by rule %s.",
			count(s.tally.Beacons.Total(), "beacon"), s.tally.Beacons[fault], fault),
		Cure: sentence(s.cureBeacons(fault)),
	}
}

// cureBeacons is what would make beacons hold that failed by a rule.
func (s *standing) cureBeacons(fault Fault) string {
	need := needOf(s.set.Beacon, fault)
	if at := slices.IndexFunc(s.set.Beacon, func(r Rule) bool { return r.Name == fault }); at >= 0 && s.set.Beacon[at].Unit == "Hz" && s.around.PlanName != "" {
		need += fmt.Sprintf(": the site says %s; if the hotspot's region is another one, change one of the two", s.around.PlanName)
	}
	return need
}

func (s *standing) tellUnheard() Cause {
	c := Cause{
		Says: fmt.Sprintf("Nobody has reported to have heard what the station sent (%s). %s",
			count(s.tally.Beacons[""], "valid beacon"), s.neighbours()),
		Cure: "Check antenna, cable and transmit power, and whether the published place is right: stations around were listening.",
	}
	if s.around.Awake == 0 {
		c.Cure = "There was nobody to hear it. Coverage is proven by others: it takes another station within reach."
	}
	return c
}

func (s *standing) tellNotSelected() Cause {
	return Cause{
		Says: fmt.Sprintf("The station has %s and %s, but none was paid: no witness was selected.",
			count(s.tally.Beacons[""], "valid beacon"), count(s.tally.Observations[""], "valid observation")),
		Cure: "Nothing: which witness of a cell is paid is drawn anew for each beacon.",
	}
}

// neighbours says who was around.
func (s *standing) neighbours() string {
	a := s.around
	switch {
	case a.Stations == 0 && a.Others > 0:
		return fmt.Sprintf("No other station with its channel plan (%s) is published within %s; there %s with another plan, the nearest at %s, and they cannot hear each other.",
			a.PlanName, distanceText(int64(a.Within)), isOrAre(a.Others), distanceText(int64(a.OthersWithin)))
	case a.Stations == 0:
		return fmt.Sprintf("No other station that takes part is published within %s.", distanceText(int64(a.Within)))
	}
	return fmt.Sprintf("Within %s others take part: %s, the nearest at %s; %d reported anything in this epoch.",
		distanceText(int64(a.Within)), count(a.Stations, "station"), distanceText(int64(a.Nearest)), a.Awake)
}

func isOrAre(stations uint64) string {
	if stations == 1 {
		return "is 1 station"
	}
	return "are " + count(stations, "station")
}

func count(n uint64, word string) string { return counted(int64(min(n, math.MaxInt64)), word) }

// sentence makes a clause a sentence.
func sentence(clause string) string {
	return strings.ToUpper(clause[:1]) + clause[1:] + "."
}

func sortedReasons(c Counts) []Fault { return slices.Sorted(maps.Keys(c)) }
