package simulate

import (
	"slices"

	"hexspot/rewards"
	"hexspot/witness"
)

// caseName tells cases apart, and reportName observations.
type (
	caseName struct {
		tag  [18]byte
		slot uint64
	}
	reportName struct {
		id    [32]byte
		index uint32
	}
)

// book works out the units of every case, claimed and judged.
func (c *court) book(d *day, cases []witness.Case, lies [][]falsity, verdicts []witness.Verdict, weights *witness.Weights) error {
	of := make(map[caseName]*witness.Verdict, len(verdicts))
	for i := range verdicts {
		of[caseName{verdicts[i].Tag, verdicts[i].Slot}] = &verdicts[i]
	}
	valueZ := [32]byte{byte(d.epoch), byte(d.epoch >> 8)}
	for k := range cases {
		v := of[caseName{cases[k].Tag, cases[k].Slot}]
		if err := c.bookCase(valueZ, &cases[k], lies[k], v, weights); err != nil {
			return err
		}
	}
	for i := range c.accounts {
		c.tallies[c.row(i)].count(&c.accounts[i])
	}
	return nil
}

func (c *court) bookCase(valueZ [32]byte, kase *witness.Case, lies []falsity, v *witness.Verdict, weights *witness.Weights) error {
	c.countReports(v)
	if len(v.Beacons) == 0 {
		return nil
	}
	by := c.index[v.Beacons[0].Station]
	claims := c.claims(kase, lies, v, weights)
	if c.world.stations[by].kind == Honest {
		return c.bookHonest(valueZ, kase.Tag, by, claims)
	}
	return c.bookFalse(valueZ, kase.Tag, by, claims)
}

// claims pairs observations, lies and findings: the order of the verdict is that of
// arrival, so they are found by record and place.
func (c *court) claims(kase *witness.Case, lies []falsity, v *witness.Verdict, weights *witness.Weights) []claim {
	found := make(map[reportName]*witness.Judged, len(v.Witnesses))
	for i := range v.Witnesses {
		w := &v.Witnesses[i]
		found[reportName{w.ID, w.Index}] = w
	}
	var claims []claim
	for i := range kase.Witnesses {
		w := &kase.Witnesses[i]
		judged := found[reportName{w.ID, w.Index}]
		if judged.Reason == "too_near" { // nobody claims that
			continue
		}
		claims = append(claims, claim{
			by: c.index[w.Station], lie: lies[i], valid: judged.Valid(),
			weight:    weights.Link(v.Beacons[0].Station, w.Station),
			candidate: witness.Candidate{Station: w.Station, Cell: w.Site.Cell, Receive: w.Receive, ID: w.ID},
		})
	}
	return claims
}

// bookHonest books an honest station's beacon as if only honest stations had heard
// it, and for cheaters what they claim of it.
func (c *court) bookHonest(valueZ [32]byte, tag [18]byte, by int, claims []claim) error {
	var honest []claim
	for _, k := range claims {
		if k.lie == (falsity{}) && c.world.stations[k.by].kind == Honest {
			honest = append(honest, k)
		}
	}
	if err := c.bookUnits(valueZ, tag, by, honest, func(k *claim) (beaconer, hearer bool) { return true, true }); err != nil {
		return err
	}
	return c.bookFalse(valueZ, tag, by, claims)
}

// bookFalse books what false links bring to cheaters at either end.
func (c *court) bookFalse(valueZ [32]byte, tag [18]byte, by int, claims []claim) error {
	if !slices.ContainsFunc(claims, func(k claim) bool { return k.lie != falsity{} }) {
		return nil
	}
	return c.bookUnits(valueZ, tag, by, claims, func(k *claim) (beaconer, hearer bool) {
		return k.lie.beaconer, k.lie.hearer
	})
}

// bookUnits books the units of one beacon to those that counts names.
func (c *court) bookUnits(valueZ [32]byte, tag [18]byte, by int, claims []claim, counts func(*claim) (beaconer, hearer bool)) error {
	ruled := make([]claim, len(claims))
	of := map[int]*claim{}
	for i := range claims {
		ruled[i] = claims[i]
		ruled[i].weight = rewards.Whole
		if of[claims[i].by] == nil {
			of[claims[i].by] = &claims[i]
		}
	}
	claimed, err := c.world.unitsOf(valueZ, tag, claims, false)
	if err != nil {
		return err
	}
	byRules, err := c.world.unitsOf(valueZ, tag, ruled, true)
	if err != nil {
		return err
	}
	paid, err := c.world.unitsOf(valueZ, tag, claims, true)
	if err != nil {
		return err
	}
	for hearer, k := range of {
		forBeaconer, forHearer := counts(k)
		if forBeaconer {
			c.accounts[by].add(claimed[hearer].beaconer, byRules[hearer].beaconer, paid[hearer].beaconer)
		}
		if forHearer {
			c.accounts[hearer].add(claimed[hearer].witness, byRules[hearer].witness, paid[hearer].witness)
		}
	}
	return nil
}

// countReports counts the reports of a case by who made them.
func (c *court) countReports(v *witness.Verdict) {
	for _, list := range [...][]witness.Judged{v.Beacons, v.Witnesses} {
		for i := range list {
			t := c.tallies[c.row(c.index[list[i].Station])]
			t.Reports++
			if !list[i].Valid() {
				t.Refused++
			}
		}
	}
}
