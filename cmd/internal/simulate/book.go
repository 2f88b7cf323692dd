package simulate

import (
	"slices"

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
	c.weighed.turn()
	for _, l := range c.ledgers {
		l.close(c.row)
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
		k := claim{
			by: c.index[w.Station], lie: lies[i], valid: judged.Valid(),
			candidate: witness.Candidate{Station: w.Station, Cell: w.Site.Cell, Receive: w.Receive, ID: w.ID},
		}
		c.weigh(&k, weights.Clues(v.Beacons[0].Station, w.Station))
		claims = append(claims, k)
	}
	return claims
}

// weigh gives a claim its weight in each ledger.
func (c *court) weigh(k *claim, clues []witness.Clue) {
	k.weights = make([]uint64, len(c.ledgers))
	for i, l := range c.ledgers {
		weight, clue := l.weightOf(clues)
		if k.weights[i] = weight; i == 0 {
			k.cause = clue
		}
	}
	if !k.valid {
		k.cause = byRule
	}
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
	if err := c.bookSelection(valueZ, tag, by, claims); err != nil {
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
	all, err := selectOf(valueZ, tag, claims, func(*claim) bool { return true })
	if err != nil {
		return err
	}
	valid, err := selectOf(valueZ, tag, claims, func(k *claim) bool { return k.valid })
	if err != nil {
		return err
	}
	claimed, byRules := all.units(allOf), valid.units(allOf)
	for i, l := range c.ledgers {
		paid := valid.units(func(k *claim) uint64 { return k.weights[i] })
		for k := range firstOf(claims) {
			forBeaconer, forHearer := counts(k)
			was, ruled, is := claimed[k.by], byRules[k.by], paid[k.by]
			if forBeaconer {
				l.accounts[by].add(was.beaconer, ruled.beaconer, is.beaconer, k.cause)
			}
			if forHearer {
				l.accounts[k.by].add(was.witness, ruled.witness, is.witness, k.cause)
			}
		}
	}
	return nil
}

// countReports counts the reports of a case by who made them.
func (c *court) countReports(v *witness.Verdict) {
	for _, list := range [...][]witness.Judged{v.Beacons, v.Witnesses} {
		for i := range list {
			t := c.ledgers[0].tallies[c.row(c.index[list[i].Station])]
			t.Reports++
			if !list[i].Valid() {
				t.Refused++
			}
		}
	}
}
