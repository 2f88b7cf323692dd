package witness

import "fmt"

// Rule is a row of a set's table.
type Rule struct {
	Name Fault  // what a report is that fails it
	Unit string // of value, limit and margin; "yes" for a rule that is met or not
	Need string // what would make it pass
	Code int    // the number Helium gives the reason, 0: none

	// optional: a report is valid though the rule could not be evaluated.
	optional bool
	// exact: value and limit have to be equal.
	exact bool
	// evidence: a report that fails it was still sent and heard, and counts for link
	// weights.
	evidence bool
	// check is nil for a rule of the second pass.
	check func(*view) Finding
}

// Set is a set of rules: which, in which order, and what counts as an event.
type Set struct {
	Name    string
	Beacon  []Rule
	Witness []Rule
	// Rows are the figures of the set.
	rows []row
	// later are the figures that came into the set after its first ones, those together that
	// came together: a parameter file has all of them or none. Without them they are 0, and
	// whatever came with them has to judge nothing then.
	later [][]string
	// gone are figures that the set had and needs no more.
	gone []string

	anyWitness bool // an event needs a witness report, not a valid one
	inherit    bool // a witness of an invalid beacon gets the beacon's reason
	byArrival  bool // the age of an event counts from the report's arrival, not from the slot
	interval   bool // a beacon report is compared with the one before it, of an earlier epoch, too
	exactScale bool // density scales are rounded once, half to even
}

// NeedSite is what a station needs that has no site in an epoch, whether the registry knows
// nothing of it or its first site begins with the next epoch: the epoch's snapshot has neither, so
// both are "unknown", and get one answer.
const NeedSite = "publish a site, unless that is done already: it counts from the next epoch"

// The reasons that more than the tables know.
const (
	FaultBeacon Fault = "beacon" // the beacon is not valid
	FaultOrphan Fault = "orphan" // nobody opened the tag
	FaultLate   Fault = "too_late"
	faultFine   Fault = "fine_time"
)

// SetNamed finds "hexspot-1" or "helium-2026-05".
func SetNamed(name string) (*Set, error) {
	for _, s := range [...]*Set{hexspot1, helium202605} {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("rule set %q: want %s or %s", name, hexspot1.Name, helium202605.Name)
}

// stops says whether a finding ends the report's hope: the rule failed, or it had to
// be evaluated and could not be.
func (r *Rule) stops(f Finding) bool {
	return f.Outcome == RuleFailed || f.Outcome == RuleNotEvaluated && !r.optional
}

// firstFailure is the reason that findings give, in the first pass without the
// rules of the second.
func firstFailure(rules []Rule, findings []Finding, secondPass bool) Fault {
	for i := range rules {
		if rules[i].check == nil && !secondPass {
			continue
		}
		if rules[i].stops(findings[i]) {
			return rules[i].Name
		}
	}
	return ""
}
