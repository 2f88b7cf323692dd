package witness

import (
	"fmt"

	"hexspot/radio"
)

// Explanation is the verdict on one report in words: what an owner asks for who wants to
// know why it does not count, and what would make it count.
type Explanation struct {
	Station  radio.Station
	ID       [32]byte
	Index    uint32 // of an observation in its record
	Tag      [18]byte
	Slot     uint64
	Received string  // when
	Beacon   bool    // a beacon report; else an observation
	Appeal   bool    // neither, but an appeal
	Subject  Subject // of an appeal
	Reason   Fault   // empty: it is valid
	OfBeacon bool    // the reason is that of the beacon it heard
	Summary  string  // one sentence
	Rules    []RuleNote
	// Notes are what is no fault, but worth knowing.
	Notes []string
}

// RuleNote is one rule on a report, in the order of the set's table.
type RuleNote struct {
	Rule    Fault
	Code    int // the number Helium gives the reason, 0: none
	Outcome RuleOutcome
	Decides bool // it is the reason
	Finding Finding
	Unit    string // of the finding's figures
	Value   string // with its unit; empty for a rule that is met or not
	Limit   string
	Margin  string // below zero by as much as the rule was missed
	Need    string // what would make it pass; empty if it did
	Lacks   string // why it was not evaluated; empty if it was
}

// ExplainBeacon explains the verdict on a beacon report of a case.
func (s *Set) ExplainBeacon(v *Verdict, j *Judged) Explanation {
	e := explain(s.Beacon, v, j, true)
	if j.Over > 0 {
		e.Notes = append(e.Notes, fmt.Sprintf("sent %v over the drawn level, which is no fault: the radio may have no lower one", j.Over))
	}
	return e
}

// ExplainWitness explains the verdict on an observation of a case.
func (s *Set) ExplainWitness(v *Verdict, j *Judged) Explanation {
	return explain(s.Witness, v, j, false)
}

func explain(rules []Rule, v *Verdict, j *Judged, beacon bool) Explanation {
	e := Explanation{
		Beacon:  beacon,
		Station: j.Station, ID: j.ID, Index: j.Index, Tag: v.Tag, Slot: v.Slot, Received: moment(j.Receive),
		Reason: j.Reason, OfBeacon: j.OfBeacon,
	}
	passed := passedBy(rules, j)
	decided := false
	for i := range j.Findings {
		note := rules[i].note(j.Findings[i], rules[i].isNever(v, j, j.Findings[i]))
		if note.Outcome == RuleNotEvaluated {
			note.Lacks = lacks[note.Rule].why(passed)
		}
		note.Decides = !decided && !j.Valid() && rules[i].stops(j.Findings[i]) && (note.Rule == j.Reason || j.OfBeacon)
		decided = decided || note.Decides
		e.Rules = append(e.Rules, note)
	}
	e.Summary = e.summary()
	return e
}

// passedBy says of each rule whether a report passed it; of those that are not for its
// kind that it did.
func passedBy(rules []Rule, j *Judged) func(Fault) bool {
	return func(name Fault) bool {
		for i := range j.Findings {
			if rules[i].Name == name {
				return j.Findings[i].Outcome == RulePassed
			}
		}
		return true
	}
}

// note has the figures of one rule in its unit. never: the value stands for what never
// happened.
func (r *Rule) note(f Finding, never bool) RuleNote {
	n := RuleNote{Rule: r.Name, Code: r.Code, Outcome: f.Outcome, Finding: f, Unit: r.Unit}
	if f.Outcome != RuleNotEvaluated && r.Unit != "yes" {
		m := measureOf(r.Unit)
		n.Value, n.Limit, n.Margin = m.value(f.Value), m.value(f.Limit), m.apart(f.Margin)
		if never {
			n.Value, n.Margin = "never", ""
		}
	}
	if r.stops(f) {
		n.Need = r.need(f, n)
	}
	return n
}

// isNever says that the figure stands for an event that there never was: Reciprocity then
// takes one at the beginning of time, and a value that was not published has no time.
func (r *Rule) isNever(v *Verdict, j *Judged, f Finding) bool {
	if r.check == nil {
		return f.Value == v.Start || f.Value == j.Receive
	}
	return r.Unit == "Unix ms" && f.Value == 0
}

// need is what would make the rule pass, with the report's own figures.
func (r *Rule) need(f Finding, n RuleNote) string {
	switch {
	case n.Value == "":
		return r.Need
	case n.Margin == "":
		return r.Need + "; that never happened"
	case r.exact:
		return fmt.Sprintf("%s; it was %s, not %s", r.Need, n.Value, n.Limit)
	}
	word, by := "most", "less"
	if f.Value < f.Limit {
		word, by = "least", "more"
	}
	apart := measureOf(r.Unit).apart(max(f.Value-f.Limit, f.Limit-f.Value))
	return fmt.Sprintf("%s; it was %s and has to be at %s %s (%s %s)", r.Need, n.Value, word, n.Limit, apart, by)
}

// reasonAt is the reason beside the rule that decided: an observation may have its beacon's.
func (e *Explanation) reasonAt(n *RuleNote) string {
	if n.Rule == e.Reason {
		return string(e.Reason)
	}
	return fmt.Sprintf("%s (the beacon failed %s)", n.Rule, e.Reason)
}

// summary is the verdict in a sentence.
func (e *Explanation) summary() string {
	what := "The observation"
	if e.Beacon {
		what = "The beacon"
	}
	if e.Reason == "" {
		return what + " is valid: no rule failed."
	}
	if e.Reason == FaultOrphan {
		return "The observation counts for nothing: nobody has reported to have sent this frame. There is nothing for you to do; " +
			"such frames are strays, forgeries, or beacons whose own report was lost."
	}
	if len(e.Rules) == 0 {
		return what + " was not judged: it arrived after its epoch had frozen. What would count: deliver reports before the case closes."
	}
	for i := range e.Rules {
		if n := &e.Rules[i]; n.Decides {
			return fmt.Sprintf("%s does not count, because of rule %s. What would make it pass: %s.", what, e.reasonAt(n), n.Need)
		}
	}
	return fmt.Sprintf("%s does not count, because of rule %s.", what, e.Reason)
}
