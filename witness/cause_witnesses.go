package witness

import "fmt"

// ofItself are reasons that say nothing of whether somebody else heard a station, or could count:
// it heard itself, or a report beside another of the same hearer.
var ofItself = [...]Fault{"self", "self_witness", "duplicate"}

// witnessFault is the rule that most observations of the station's own valid beacons failed.
func (s *standing) witnessFault() Fault {
	return mostOf(s.tally.Invalid, s.set.Witness, ofItself[:]...)
}

func (s *standing) tellWitnesses() Cause {
	fault, heard := s.witnessFault(), s.tally.Invalid.Total()
	for _, but := range ofItself {
		heard -= s.tally.Invalid[but]
	}
	return Cause{
		Rule: fault,
		Says: fmt.Sprintf("What the station sent (%s) was heard, but no observation of it is valid: of %s most (%d) failed by rule %s.",
			count(s.tally.Beacons[""], "valid beacon"), count(heard, "observation"), s.tally.Invalid[fault], fault),
		Cure: sentence(s.cureWitnesses(fault)),
	}
}

// senderNeeds are the rules on observations of which the beaconer is told something else than who
// heard it; empty: the same. All others are about who heard it alone.
var senderNeeds = [...]struct {
	rule Fault
	need string
}{
	{"plan", ""},
	{"invalid_region", ""},
	{"denied", ""},
	{"denied_edge", ""},
	{"outside_slot", "set the clock: the frame was heard outside its slot"},
	{"mark", "send the mark of the slot: another one was heard"},
	{"invalid_packet", "send the mark of the slot: another one was heard"},
	{"channel", "send on the drawn channel: it was heard on another one"},
	{"invalid_frequency", "send on the channel that is reported: it was heard on another one"},
	{"rate", "send at the drawn spreading factor: it was heard at another one"},
	{"too_near", "stand further from the stations around, or publish a finer cell"},
	{"below_min_distance", "stand further from the stations around"},
	{"too_far", ""},
	{"max_distance_exceeded", ""},
	{"too_strong", ""},
	{"bad_rssi", ""},
	{"not_witnessed", notHeardThemselves},
	{"gateway_no_valid_beacons", notHeardThemselves},
}

const notHeardThemselves = "nothing of yours: those who heard it were not heard themselves within 48 hours; wait until one of them is"

// cureWitnesses is what would make observations of the station's beacons hold that failed by a rule.
func (s *standing) cureWitnesses(fault Fault) string {
	need := needOf(s.set.Witness, fault)
	for _, n := range senderNeeds {
		switch {
		case n.rule == fault && n.need == "":
			return need
		case n.rule == fault:
			return n.need
		}
	}
	return "nothing of yours: those who heard it have to " + need
}
