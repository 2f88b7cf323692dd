package witness

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"slices"
)

// JudgedAppeal is the outcome of an appeal: as of a report, every rule with its figures.
type JudgedAppeal struct {
	Judged
	Subject Subject
}

// Accepted says that the weight is one half or more with the evidence.
func (j *JudgedAppeal) Accepted() bool { return j.Valid() }

// JudgeAppeal asks all rules but the last. An appeal that passes them is admitted: its
// evidence is to be shown to the book of the epoch (LinkBook.Show) before that is settled,
// and Conclude asks the last.
func (p *Parameters) JudgeAppeal(f *AppealFacts) JudgedAppeal {
	j := JudgedAppeal{Judged{Station: f.Station, ID: f.ID, Receive: f.Receive, Findings: make([]Finding, len(appealTable))}, f.Subject}
	for i, find := range appealFinders {
		if i >= asksEvidence && !f.Below {
			break
		}
		j.Findings[i] = find(f, p)
	}
	j.Reason = firstFailure(appealTable[:len(appealTable)-1], j.Findings, true)
	return j
}

// ShowEvidence enters the evidence of an appeal that was admitted.
func (b *LinkBook) ShowEvidence(f *AppealFacts) { b.Show(f.Way, f.frames()) }

// Conclude asks the last rule of an appeal that was admitted: whether the weight that
// follows with its evidence, by the function that all weights follow from, is one half
// or more.
func (j *JudgedAppeal) Conclude(w *Weights) {
	if j.Reason != "" {
		return
	}
	last := len(j.Findings) - 1
	j.Findings[last] = atLeast(leastWeight(w.own(j.Subject)), half)
	j.Reason = firstFailure(appealTable, j.Findings, true)
}

// SortAppeals puts appeals into the order in which they are published: by arrival.
func SortAppeals(all []JudgedAppeal) {
	slices.SortFunc(all, func(a, b JudgedAppeal) int {
		return cmp.Or(cmp.Compare(a.Receive, b.Receive), bytes.Compare(a.ID[:], b.ID[:]))
	})
}

// AcceptedSubjects are the subjects of the appeals that were accepted.
func AcceptedSubjects(all []JudgedAppeal) map[Subject]bool {
	subjects := map[Subject]bool{}
	for i := range all {
		if all[i].Accepted() {
			subjects[all[i].Subject] = true
		}
	}
	return subjects
}

// AppendText appends the outcome as a line, the same for equal ones:
//
//	appeal STATION ID RECEIVE STATION|A B|- OUTCOMES REASON FIGURES
//
// Outcomes, reason and figures are as in verdicts.
func (j *JudgedAppeal) AppendText(b []byte) []byte {
	b = append(b, "appeal "...)
	b = append(hex.AppendEncode(b, j.Station.Bytes()), ' ')
	b = append(hex.AppendEncode(b, j.ID[:]), ' ')
	b = appendNumber(b, j.Receive)
	b = append(j.Subject.AppendText(b), ' ')
	b = j.appendOutcomes(b)
	return append(j.appendFigures(b, appealTable), '\n')
}

// appeal reads what follows the first word.
func (w *words) appeal() JudgedAppeal {
	j := JudgedAppeal{Judged: Judged{Station: w.station(), ID: [32]byte(w.bytes(32)), Receive: w.number(64)}}
	j.Subject = w.subject()
	w.outcomes(&j.Judged, appealTable)
	w.figures(&j.Judged, appealTable)
	return j
}
