package verify

import (
	"context"
	"fmt"
	"io"

	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// settle is the second pass: final verdicts, in their order, and what they are worth.
func (r *run) settle(ctx context.Context, verdicts io.Writer, index *indexer) (accounts, error) {
	paid := newAccounts(r.stations.Len())
	out := newInOrder(verdicts)
	err := r.eachPart(ctx, func(part int) error {
		s := settled{
			text:   spool{path: r.scratchFile(fmt.Sprintf("verdicts-%02x", part))},
			places: spool{path: r.scratchFile(fmt.Sprintf("places-%02x", part))},
		}
		if err := r.settlePart(part, paid, &s); err != nil {
			err = joinFault(err, s.remove())
			out.fail(err)
			return err
		}
		r.tell(StageSettling, 0, s.sums.Cases)
		err := out.write(part, &s.text, func(base int64) error {
			r.summary.add(s.sums)
			return index.addAll(s.places.open(), base)
		})
		return joinFault(err, s.remove())
	})
	return paid, err
}

// settled is a part that was judged for good: its text, and the places in it as an index has
// them.
type settled struct {
	text, places spool
	sums         Sums
}

func (s *settled) remove() error { return joinFault(s.text.remove(), s.places.remove()) }

func (r *run) settlePart(part int, paid accounts, s *settled) error {
	return r.eachPortion(part, func(p portion) error { // what it drops was counted in the first pass
		for _, g := range p.groups {
			for _, c := range r.cases(part, g) {
				v := witness.Judge(&c, r.p)
				r.recent.reciprocity.Settle(&v)
				if err := s.places.add(appendPlaces(s.places.held, &v, s.text.size)); err != nil {
					return err
				}
				if err := s.text.add(v.AppendText(s.text.held, r.p.Set)); err != nil {
					return err
				}
				if err := r.paying.count(r.in.Processor, func() error { return r.pay(&c, &v, paid, &s.sums) }); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func appendPlaces(b []byte, v *witness.Verdict, offset int64) []byte {
	for _, list := range [...][]witness.Judged{v.Beacons, v.Witnesses} {
		for i := range list {
			b = place{placeOfRecord(list[i].ID), offset}.append(b)
		}
	}
	return b
}

// pay books a case for its stations.
func (r *run) pay(c *witness.Case, v *witness.Verdict, paid accounts, sums *Sums) error {
	sums.count(v)
	for i := range v.Beacons {
		j := &v.Beacons[i]
		paid.with(r.stations.Number(j.Station), func(a *account) { a.countBeacon(j.Reason) })
	}
	for i := range v.Witnesses {
		j := &v.Witnesses[i]
		paid.with(r.stations.Number(j.Station), func(a *account) { a.countHeard(j.Reason) })
	}
	b := v.Beacon()
	if b == nil || !b.Valid() {
		return nil
	}
	candidates := witness.Candidates(c, v)
	selected, err := r.p.Select(r.z.Entropy, c.Tag, candidates)
	if err != nil {
		return err
	}
	r.weaken(paid, b.Station, candidates)
	paid.with(r.stations.Number(b.Station), func(a *account) {
		a.witnesses += uint64(len(candidates))
		a.selections += uint64(len(selected))
	})
	sums.Selected += int64(len(selected))
	return r.payShares(b.Station, selected, paid)
}

// payShares books the shares of a beacon and its selected witnesses, as they are and as
// they would be if every link had its whole weight.
func (r *run) payShares(beaconer radio.Station, selected []radio.Station, paid accounts) error {
	weights, whole := make([]uint64, len(selected)), make([]uint64, len(selected))
	for i, s := range selected {
		weights[i], whole[i] = r.weights.Link(beaconer, s), rewards.Whole
	}
	by := r.stations.Number(beaconer)
	scale := uint64(r.scales[by])
	shares, err := rewards.SharesOf(scale, weights)
	if err != nil {
		return err
	}
	most, err := rewards.SharesOf(scale, whole)
	if err != nil {
		return err
	}
	r.hold(beaconer, selected, weights, shares, most)
	paid.with(by, func(a *account) {
		a.beacon += shares.Beaconer
		a.beaconWhole += most.Beaconer
	})
	for i, s := range selected {
		paid.with(r.stations.Number(s), func(a *account) {
			a.selected++
			a.witness += shares.Witnesses[i]
			a.witnessWhole += most.Witnesses[i]
		})
	}
	return nil
}

// weaken notes the links of valid reports that do not have their whole weight.
func (r *run) weaken(paid accounts, beaconer radio.Station, candidates []witness.Candidate) {
	for _, c := range candidates {
		clue, ok := r.weights.Weakest(beaconer, c.Station)
		if !ok || clue.Weight >= rewards.Whole {
			continue
		}
		for _, ends := range [...][2]radio.Station{{beaconer, c.Station}, {c.Station, beaconer}} {
			paid.with(r.stations.Number(ends[0]), func(a *account) {
				a.weaken(witness.WeakLink{Partner: ends[1], Weight: uint64(clue.Weight), Clue: clue})
			})
		}
	}
}
