package witness

import "fmt"

// ExplainAppeal explains the outcome of an appeal as that of a report.
func ExplainAppeal(j *JudgedAppeal) Explanation {
	e := Explanation{Station: j.Station, ID: j.ID, Received: moment(j.Receive), Reason: j.Reason, Appeal: true, Subject: j.Subject}
	for i := range j.Findings {
		note := appealTable[i].note(j.Findings[i], false)
		if note.Outcome == RuleNotEvaluated {
			note.Lacks, note.Need = lacks[note.Rule].or, ""
			if j.Reason == appealTable[asksEvidence-1].Name {
				note.Lacks = "there is nothing to appeal against, so the evidence was not looked at"
			}
		}
		note.Decides = note.Rule == j.Reason
		if note.Decides {
			e.Summary = fmt.Sprintf("The appeal is rejected, because of rule %s. What would make it pass: %s.", note.Rule, note.Need)
		}
		e.Rules = append(e.Rules, note)
	}
	if j.Accepted() {
		e.Summary = "The appeal is accepted: with its evidence the weight is one half or more. What was held in its time is released with this epoch."
	}
	return e
}

// Weighed shows beside rule below_half the weight that an appeal is against, which was
// published before. A subject that is not among the weights below one half has no figure.
func (e *Explanation) Weighed(before Provisions) {
	p, ok := before[e.Subject]
	if !ok || !e.Appeal || len(e.Rules) < asksEvidence {
		return
	}
	weight, below := int64(p.Weight), &e.Rules[asksEvidence-1]
	below.Value, below.Limit, below.Margin = portion(weight), "below "+portion(half), portion(half-weight)
}
