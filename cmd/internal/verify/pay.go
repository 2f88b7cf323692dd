package verify

import (
	"slices"

	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// payee is a station with its number, which is looked up once a case.
type payee struct {
	station radio.Station
	number  uint32
}

// pay books a case for its stations.
func (r *run) pay(c *witness.Case, v *witness.Verdict, paid accounts, sums *Sums) error {
	sums.count(v)
	for i := range v.Beacons {
		j := &v.Beacons[i]
		paid.with(r.stations.Number(j.Station), func(a *account) { a.countBeacon(j.Reason) })
	}
	var heard []payee // the valid ones: the candidates
	for i := range v.Witnesses {
		j := &v.Witnesses[i]
		n := r.stations.Number(j.Station)
		paid.with(n, func(a *account) { a.countHeard(j.Reason) })
		if j.Valid() {
			heard = append(heard, payee{j.Station, n})
		}
	}
	b := v.Beacon()
	if b == nil || !b.Valid() {
		return nil
	}
	selected, err := r.p.Select(r.z.Entropy, c.Tag, witness.Candidates(c, v))
	if err != nil {
		return err
	}
	by := payee{b.Station, r.stations.Number(b.Station)}
	paid.with(by.number, func(a *account) {
		for i := range v.Witnesses {
			a.countWitness(v.Witnesses[i].Reason)
		}
		a.selections += uint64(len(selected))
	})
	sums.Selected += int64(len(selected))
	return r.payShares(by, selected, heard, paid)
}

// payShares books the shares of a beacon and of its selected witnesses among those that heard
// it, as they are and as they would be if every link had its whole weight.
func (r *run) payShares(by payee, selected []radio.Station, heard []payee, paid accounts) error {
	numbers := make([]uint32, len(selected))
	weights, whole := make([]uint64, len(selected)), make([]uint64, len(selected))
	for i, s := range selected {
		numbers[i] = heard[slices.IndexFunc(heard, func(p payee) bool { return p.station == s })].number
		weights[i], whole[i] = r.weights.LinkBy(by.number, numbers[i]), rewards.Whole
	}
	scale := uint64(r.scales[by.number])
	shares, err := rewards.SharesOf(scale, weights)
	if err != nil {
		return err
	}
	most, err := rewards.SharesOf(scale, whole)
	if err != nil {
		return err
	}
	r.hold(by.station, selected, weights, shares, most)
	paid.with(by.number, func(a *account) {
		a.beacon += shares.Beaconer
		a.beaconWhole += most.Beaconer
	})
	for i, n := range numbers {
		r.weaken(paid, by, payee{selected[i], n})
		paid.with(n, func(a *account) {
			a.selected++
			a.witness += shares.Witnesses[i]
			a.witnessWhole += most.Witnesses[i]
		})
	}
	return nil
}

// weaken notes the link of a selected witness if it does not have its whole weight.
func (r *run) weaken(paid accounts, by, from payee) {
	for _, ends := range [...][2]payee{{by, from}, {from, by}} {
		clue, whose, ok := r.weights.WeakestBy(ends[0].number, ends[1].number)
		if !ok || clue.Weight >= rewards.Whole {
			continue
		}
		paid.with(ends[0].number, func(a *account) {
			a.weaken(witness.WeakLink{Partner: ends[1].station, Weight: uint64(clue.Weight), Whose: whose, Clue: clue})
		})
	}
}
