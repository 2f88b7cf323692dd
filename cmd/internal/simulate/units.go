package simulate

import (
	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// claim is one observation as it counts for units.
type claim struct {
	by        int
	lie       falsity
	valid     bool   // the rules leave it
	weight    uint64 // of its link
	candidate witness.Candidate
}

// units are what a beaconer and a witness get of one link, in units of 10^-8.
type units struct{ beaconer, witness uint64 }

// unitsOf are the units of the selected links of one beacon. Without judging every claim
// counts in full; with it only valid ones, by their weight.
func (w *world) unitsOf(valueZ [32]byte, tag [18]byte, claims []claim, judged bool) (map[int]units, error) {
	var candidates []witness.Candidate
	of := map[radio.Station]*claim{}
	for i := range claims {
		c := &claims[i]
		if of[c.candidate.Station] == nil && (c.valid || !judged) {
			of[c.candidate.Station] = c
			candidates = append(candidates, c.candidate)
		}
	}
	selected, err := witness.SelectByCell(valueZ, tag, candidates, rewards.MaxWitnesses)
	if err != nil {
		return nil, err
	}
	each, err := rewards.UnitsOf(len(selected))
	if err != nil {
		return nil, err
	}
	got := make(map[int]units, len(selected))
	for _, s := range selected {
		c, weight := of[s.Station], uint64(rewards.Whole)
		if judged {
			weight = c.weight
		}
		got[c.by] = units{each.Beaconer * weight / uint64(len(selected)), each.Witness * weight}
	}
	return got, nil
}
