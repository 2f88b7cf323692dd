package demo

import (
	"errors"
	"fmt"
	"io/fs"

	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// lookForFinals reads the verdicts of the next epoch, if the network has verified it.
func (c *court) lookForFinals() error {
	if c.finals == 0 {
		c.finals = c.sites - 1
	}
	for {
		result, err := c.data.OpenVerified(c.finals)
		if errors.Is(err, fs.ErrNotExist) {
			return c.skipEmpty()
		}
		if err == nil {
			err = c.final(result)
		}
		if err != nil {
			return err
		}
		c.finals++
	}
}

// skipEmpty goes on behind an epoch that had no entropy, of which there are no verdicts.
func (c *court) skipEmpty() error {
	_, err := c.data.OpenVerified(c.finals + 1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	c.finals++
	return err
}

// final takes the verdicts of a frozen epoch in the place of those on single cases. What
// the network says must be what its files hold.
func (c *court) final(r *verify.Result) error {
	if err := r.Check(); err != nil {
		return err
	}
	s := r.Summary()
	z, known := c.foes.value(s.Slot)
	if !known {
		return fmt.Errorf("epoch %d was selected by slot %d, whose value was never published", s.Epoch, s.Slot)
	}
	cases, err := c.casesOf(s.Epoch)
	if err != nil {
		return err
	}
	count := finals{court: c, result: r, value: z.Entropy, beaconed: map[radio.Station]uint64{}, witnessed: map[radio.Station]uint64{}}
	for i := range cases {
		if err := count.one(&cases[i]); err != nil {
			return err
		}
	}
	if err := count.compare(); err != nil {
		return fmt.Errorf("epoch %d: %w", s.Epoch, err)
	}
	c.record.Verified(s.Epoch, count.beacons, count.valid, count.witnesses, count.counted, fmt.Sprintf("%x", s.Root))
	return nil
}

func (c *court) casesOf(e witness.Epoch) ([]witness.Case, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, err := c.docket.Cases()
	var list []witness.Case
	for _, one := range all {
		if c.schedule.Epoch(witness.Slot(one.Slot)) == e {
			list = append(list, one)
		}
	}
	return list, err
}

// finals counts an epoch's verdicts on the town's own beacons.
type finals struct {
	*court
	result                             *verify.Result
	value                              witness.Entropy          // that selects
	beaconed, witnessed                map[radio.Station]uint64 // shares, 10^-8
	beacons, valid, witnesses, counted int
}

// one takes the verdict on a case.
func (f *finals) one(c *witness.Case) error {
	verdicts, err := f.result.Case(c.Tag)
	if err != nil {
		return err
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Slot != c.Slot {
			continue
		}
		settled, err := f.settle(c, v)
		if err != nil {
			return err
		}
		f.proof.Verdict(*v, true)
		f.record.Judged(c, v, settled)
		if b := v.Beacon(); b != nil && b.Station != f.forger.station {
			f.add(v, settled)
		}
	}
	return nil
}

func (f *finals) add(v *witness.Verdict, s *town.Settled) {
	f.beacons++
	if v.Beacon().Valid() {
		f.valid++
	}
	for i := range v.Witnesses {
		if v.Witnesses[i].Valid() {
			f.witnesses++
		}
	}
	f.counted += len(s.Counted)
}

// settle works out who was drawn for a beacon and what it is worth, from the value that
// selects and the epoch's figures: the network keeps only the sums.
func (f *finals) settle(c *witness.Case, v *witness.Verdict) (*town.Settled, error) {
	s := &town.Settled{Counted: map[radio.Station]bool{}, Weights: map[radio.Station]float64{}}
	b := v.Beacon()
	if b == nil || !b.Valid() {
		return s, nil
	}
	selected, err := f.result.Parameters().Select(f.value, c.Tag, witness.Candidates(c, v))
	if err != nil || len(selected) == 0 {
		return s, err
	}
	beaconer, known, err := f.result.Station(b.Station)
	if err != nil || !known {
		return s, errors.Join(err, fmt.Errorf("no account of %v", b.Station))
	}
	weights := make([]uint64, len(selected))
	for i, station := range selected {
		weights[i] = weightTo(beaconer.Links, station)
		s.Counted[station], s.Weights[station] = true, float64(weights[i])/rewards.Whole
	}
	shares, err := rewards.SharesOf(uint64(beaconer.Scale), weights)
	if err != nil {
		return s, err
	}
	f.beaconed[b.Station] += shares.Beaconer
	s.Beacon = inUnits(shares.Beaconer)
	s.Shares = map[radio.Station]float64{}
	for i, station := range selected {
		f.witnessed[station] += shares.Witnesses[i]
		s.Shares[station] = inUnits(shares.Witnesses[i])
	}
	return s, nil
}

// compare holds what was worked out here against the network's accounts.
func (f *finals) compare() error {
	for t, err := range f.result.Tallies() {
		if err != nil {
			return err
		}
		if t.Beacon != f.beaconed[t.Station] || t.Witness != f.witnessed[t.Station] {
			return fmt.Errorf("the account of %v has shares %d and %d, its cases have %d and %d",
				t.Station, t.Beacon, t.Witness, f.beaconed[t.Station], f.witnessed[t.Station])
		}
	}
	return nil
}

// weightTo is the weight of a link, whole where there is no evidence about it.
func weightTo(links []verify.StationLink, partner radio.Station) uint64 {
	for _, l := range links {
		if l.Partner == partner {
			return l.Weight
		}
	}
	return rewards.Whole
}

// inUnits is a share of 10^-8 as a number.
func inUnits(share uint64) float64 { return float64(share) / 1e8 }
