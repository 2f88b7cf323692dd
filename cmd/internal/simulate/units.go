package simulate

import (
	"iter"

	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// claim is one observation as it counts for units.
type claim struct {
	by        int
	lie       falsity
	valid     bool     // the rules leave it
	weights   []uint64 // of its link, by ledger
	cause     string   // why it is not worth all: byRule, or the clue of the first ledger
	candidate witness.Candidate
}

// units are what a beaconer and a witness get of one link, in units of 10^-8.
type units struct{ beaconer, witness uint64 }

// selection are the claims of one beacon that are selected, and what each is worth if of
// witnesses count.
type selection struct {
	claims []*claim
	each   rewards.Units
	of     uint64
}

// firstOf are the first claims of each witness.
func firstOf(claims []claim) iter.Seq[*claim] {
	return func(yield func(*claim) bool) {
		seen := map[int]bool{}
		for i := range claims {
			k := &claims[i]
			if !seen[k.by] && !yield(k) {
				return
			}
			seen[k.by] = true
		}
	}
}

// selectOf selects among the claims that are eligible, the first of each witness.
func selectOf(valueZ [32]byte, tag [18]byte, claims []claim, eligible func(*claim) bool) (selection, error) {
	var candidates []witness.Candidate
	of := map[radio.Station]*claim{}
	for i := range claims {
		c := &claims[i]
		if of[c.candidate.Station] == nil && eligible(c) {
			of[c.candidate.Station] = c
			candidates = append(candidates, c.candidate)
		}
	}
	selected, err := witness.SelectByCell(valueZ, tag, candidates, rewards.MaxWitnesses)
	if err != nil {
		return selection{}, err
	}
	s := selection{of: uint64(len(selected))}
	for _, x := range selected {
		s.claims = append(s.claims, of[x.Station])
	}
	s.each, err = rewards.UnitsOf(len(selected))
	return s, err
}

// units are those of each selected witness, by a weight of its claim.
func (s *selection) units(weight func(*claim) uint64) map[int]units {
	got := make(map[int]units, len(s.claims))
	for _, k := range s.claims {
		w := weight(k)
		got[k.by] = units{s.each.Beaconer * w / s.of, s.each.Witness * w}
	}
	return got
}

func allOf(*claim) uint64 { return rewards.Whole }
