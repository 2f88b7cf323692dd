package town

import "hexspot/witness"

// ReportWords is reportWords.
func ReportWords(rules []witness.Rule, j *witness.Judged) string { return reportWords(rules, j) }

// HasWords says whether a rule's reason, unit and cure are known to people.
func HasWords(r witness.Rule) bool {
	return faultWords[r.Name] != "" && figureUnits[r.Unit].divisor != 0 && cure([]witness.Rule{r}, r.Name) != ""
}
