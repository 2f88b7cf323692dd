package verify

import (
	"context"
	"fmt"
	"io"

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
