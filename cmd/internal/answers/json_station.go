package answers

import (
	"hexspot/radio"
	"hexspot/witness"
)

type stationJSON struct {
	Epoch        witness.Epoch     `json:"epoch"`
	Rules        string            `json:"rule_set"`
	Station      radio.Station     `json:"station"`
	Words        string            `json:"words"`
	Presence     witness.Presence  `json:"presence"`
	Scale        int64             `json:"density_scale"` // ten-thousandths
	Newcomer     bool              `json:"newcomer"`
	Shares       sharesJSON        `json:"shares"` // 10^-8, with what is released
	Whole        sharesJSON        `json:"shares_at_whole_weights"`
	Released     sharesJSON        `json:"released"`
	Cause        *causeJSON        `json:"no_reward,omitempty"`
	Beacons      map[string]uint64 `json:"beacons"` // by reason
	Observations map[string]uint64 `json:"observations"`
	Witnesses    uint64            `json:"valid_witnesses"`
	Invalid      map[string]uint64 `json:"invalid_witnesses"` // by reason
	Selections   uint64            `json:"selected_witnesses"`
	Selected     uint64            `json:"selected_observations"`
	Clues        []clueJSON        `json:"clues"`
	Links        []linkJSON        `json:"links"`
	More         bool              `json:"more_links,omitempty"` // than are here
	Provisions   []provisionJSON   `json:"below_half"`
	Appeals      []explanationJSON `json:"appeals"`
	Turns        []turnJSON        `json:"turns"`
}

type causeJSON struct {
	Name string           `json:"cause"`
	Rule witness.Fault    `json:"rule,omitempty"`
	Clue witness.ClueName `json:"clue,omitempty"`
	Says string           `json:"text"`
	Cure string           `json:"cure"`
}

type clueJSON struct {
	Name    witness.ClueName `json:"clue"`
	Reports int64            `json:"reports"`
	Figures [3]int64         `json:"value_none_full"`
	Weight  int64            `json:"weight"` // ten-thousandths
	Figure  string           `json:"figure"`
	AtNone  string           `json:"nothing_at"`
	AtFull  string           `json:"all_at"`
	Means   string           `json:"means"`
	Raise   string           `json:"to_raise,omitempty"`
	Shown   string           `json:"evidence,omitempty"`
}

type linkJSON struct {
	Partner radio.Station `json:"partner"`
	Weight  uint64        `json:"weight"` // ten-thousandths
	Clues   []clueJSON    `json:"clues"`
}

type provisionJSON struct {
	Subject subjectJSON   `json:"of"`
	Weight  uint64        `json:"weight"` // ten-thousandths
	Since   witness.Epoch `json:"since"`
	Final   bool          `json:"final"`
	Ends    witness.Epoch `json:"final_from"`
	Held    sharesJSON    `json:"held"` // of this station, 10^-8
	Clues   []clueJSON    `json:"evidence"`
}

type turnJSON struct {
	Subject subjectJSON   `json:"of"`
	Turn    witness.Turn  `json:"turn"`
	Since   witness.Epoch `json:"since"`
}

// JSON is the answer for programs (docs/answers.md).
func (a *Station) JSON() any {
	t := &a.Tally
	out := stationJSON{
		Epoch: a.Epoch, Rules: a.Parameters.Set.Name, Station: t.Station, Words: words(t.Station), Presence: t.Presence,
		Scale: int64(t.Scale), Newcomer: t.Newcomer, Shares: sharesOf(witness.Holding{Beacon: t.Beacon, Witness: t.Witness}),
		Whole: sharesOf(witness.Holding{Beacon: t.BeaconWhole, Witness: t.WitnessWhole}), Released: sharesOf(a.Released),
		Beacons: countsOf(t.Beacons), Observations: countsOf(t.Observations),
		Witnesses: t.Witnesses, Invalid: countsOf(t.Invalid), Selections: t.Selections, Selected: t.Selected, Clues: cluesOf(a.Clues),
		Links: []linkJSON{}, More: a.More, Provisions: []provisionJSON{}, Appeals: []explanationJSON{}, Turns: []turnJSON{},
	}
	if c := a.Cause; c != nil {
		out.Cause = &causeJSON{c.Name, c.Rule, c.Clue, c.Says, c.Cure}
	}
	for _, l := range a.Links {
		out.Links = append(out.Links, linkJSON{l.Partner, l.Weight, cluesOf(l.Clues)})
	}
	for _, p := range a.Provisions {
		out.Provisions = append(out.Provisions, provisionJSON{subjectOf(p.Subject), p.Weight, p.Since, p.Final, p.Ends, sharesOf(p.Held), cluesOf(p.Clues)})
	}
	for i := range a.Appeals {
		out.Appeals = append(out.Appeals, explanationOf(&a.Appeals[i]))
	}
	for _, t := range a.Turns {
		out.Turns = append(out.Turns, turnJSON{subjectOf(t.Subject), t.Turn, t.Since})
	}
	return out
}

func countsOf(c witness.Counts) map[string]uint64 {
	out := map[string]uint64{}
	for reason, n := range c {
		name := string(reason)
		if name == "" {
			name = "valid"
		}
		out[name] = n
	}
	return out
}

func cluesOf(notes []witness.ClueNote) []clueJSON {
	out := []clueJSON{}
	for _, n := range notes {
		out = append(out, clueJSON{
			n.Name, n.Reports, [3]int64{n.Value, n.None, n.Full}, n.Weight, n.Figure, n.AtNone, n.AtFull, n.Means, n.Raise, n.Shown,
		})
	}
	return out
}

type daysJSON struct {
	Station radio.Station `json:"station"`
	Words   string        `json:"words"`
	Epochs  []dayJSON     `json:"epochs"` // the newest first
}

type dayJSON struct {
	Epoch        witness.Epoch `json:"epoch"`
	Shares       sharesJSON    `json:"shares"` // 10^-8
	Beacons      uint64        `json:"beacons"`
	Observations uint64        `json:"observations"`
	Unreadable   bool          `json:"unreadable,omitempty"`
}

func daysOf(s radio.Station, days []Day) daysJSON {
	out := daysJSON{Station: s, Words: words(s), Epochs: []dayJSON{}}
	for _, d := range days {
		out.Epochs = append(out.Epochs, dayJSON{d.Epoch, sharesOf(witness.Holding{Beacon: d.Beacon, Witness: d.Witness}), d.Beacons, d.Observations, d.Unreadable})
	}
	return out
}
