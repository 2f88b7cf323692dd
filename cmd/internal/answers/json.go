package answers

import (
	"encoding/hex"
	"fmt"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// The answers as JSON (docs/answers.md). Figures come twice: as numbers in the units of the
// protocol, for programs, and as text with a unit, for people.

type reportJSON struct {
	Epoch   witness.Epoch     `json:"epoch"`
	Reports []explanationJSON `json:"reports"`
}

type explanationJSON struct {
	Kind     string        `json:"kind"` // beacon, observation or appeal
	Station  radio.Station `json:"station"`
	Words    string        `json:"words"`
	Record   string        `json:"record"`
	Index    uint32        `json:"index,omitempty"`
	Tag      string        `json:"tag,omitempty"`
	Slot     uint64        `json:"slot,omitempty"`
	Received string        `json:"received"`
	Valid    bool          `json:"valid"`
	Reason   witness.Fault `json:"reason,omitempty"`
	OfBeacon bool          `json:"reason_of_beacon,omitempty"`
	Summary  string        `json:"summary"`
	Rules    []ruleJSON    `json:"rules"`
	Notes    []string      `json:"notes,omitempty"`
}

type ruleJSON struct {
	Rule    witness.Fault `json:"rule"`
	Code    int           `json:"helium_code,omitempty"`
	Outcome string        `json:"outcome"`
	Decides bool          `json:"decides,omitempty"`
	Unit    string        `json:"unit,omitempty"` // of the three figures
	Figures *[3]int64     `json:"value_limit_margin,omitempty"`
	Value   string        `json:"value,omitempty"`
	Limit   string        `json:"limit,omitempty"`
	Margin  string        `json:"margin,omitempty"`
	Need    string        `json:"to_pass,omitempty"`
	Lacks   string        `json:"not_evaluated_because,omitempty"`
}

// JSON is the answer for programs (docs/answers.md).
func (r *Report) JSON() any {
	out := reportJSON{Epoch: r.Epoch}
	for i := range r.Explanations {
		out.Reports = append(out.Reports, explanationOf(&r.Explanations[i]))
	}
	return out
}

func explanationOf(e *witness.Explanation) explanationJSON {
	out := explanationJSON{
		Kind: "observation", Station: e.Station, Words: words(e.Station), Record: hex.EncodeToString(e.ID[:]), Index: e.Index,
		Tag: hex.EncodeToString(e.Tag[:]), Slot: e.Slot, Received: e.Received,
		Valid: e.Reason == "", Reason: e.Reason, OfBeacon: e.OfBeacon, Summary: e.Summary, Notes: e.Notes, Rules: []ruleJSON{},
	}
	switch {
	case e.Appeal:
		out.Kind, out.Tag = "appeal", ""
	case e.Beacon:
		out.Kind = "beacon"
	}
	for i := range e.Rules {
		out.Rules = append(out.Rules, ruleOf(&e.Rules[i]))
	}
	return out
}

func ruleOf(n *witness.RuleNote) ruleJSON {
	out := ruleJSON{
		Rule: n.Rule, Code: n.Code, Outcome: strings.ReplaceAll(n.Outcome.String(), " ", "_"), Decides: n.Decides, Unit: n.Unit,
		Value: n.Value, Limit: n.Limit, Margin: n.Margin, Need: n.Need, Lacks: n.Lacks,
	}
	if n.Value != "" {
		out.Figures = &[3]int64{n.Finding.Value, n.Finding.Limit, n.Finding.Margin}
	}
	return out
}

func words(s radio.Station) string {
	list := s.Words()
	return strings.Join(list[:], " ")
}

// subjectJSON is a station alone, or a link.
type subjectJSON struct {
	Station radio.Station  `json:"station"`
	Partner *radio.Station `json:"partner,omitempty"`
}

func subjectOf(s witness.Subject) subjectJSON {
	out := subjectJSON{Station: s.A}
	if s.IsLink() {
		out.Partner = &s.B
	}
	return out
}

// sharesJSON are 10^-8, as decimal text: numbers of JSON lose digits in some readers.
type sharesJSON struct {
	Beacon  string `json:"beacon"`
	Witness string `json:"witness"`
}

func sharesOf(h witness.Holding) sharesJSON {
	return sharesJSON{fmt.Sprint(h.Beacon), fmt.Sprint(h.Witness)}
}
