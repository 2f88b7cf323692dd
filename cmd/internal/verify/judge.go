package verify

import (
	"context"
	"sync"

	"hexspot/coverage"
	"hexspot/witness"
)

// judge is the first pass: every case for itself.
func (r *run) judge(ctx context.Context) error {
	var mu sync.Mutex
	err := r.eachPart(ctx, func(part int) error {
		drops, cases := Drops{}, int64(0)
		err := r.eachPortion(part, func(p portion) error {
			drops.add(p.drops)
			r.opens[part] = r.openAll(p.groups, r.opens[part])
			for _, g := range p.groups {
				for _, c := range r.cases(part, g) {
					cases++
					v := witness.Judge(&c, r.p)
					mu.Lock()
					r.recent.reciprocity.Add(&v)
					r.recent.links.Add(&c, &v)
					mu.Unlock()
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		r.summary.Drops.add(drops)
		r.summary.Openings += int64(len(r.opens[part]))
		r.tell(StageJudging, 0, cases)
		return nil
	})
	return err
}

// cases are those of a group.
func (r *run) cases(part int, g namedGroup) []witness.Case {
	return r.factory.cases(g.groupName, g.group, r.opens[part][g.first:g.first+len(g.beacons)])
}

// weigh closes the first pass: weights of links, the state for the next epoch, and how
// dense the stations of the epoch before stood.
func (r *run) weigh(ctx context.Context) error {
	r.tell(StageWeighing, 0, 0)
	r.carry()
	if err := r.judgeAppeals(ctx); err != nil {
		return err
	}
	if err := r.weighLinks(ctx); err != nil {
		return err
	}
	r.concludeAppeals()
	r.recent.links = nil
	if err := r.restShelves(); err != nil {
		return err
	}
	return r.scale()
}

// carry makes the state for the next epoch.
func (r *run) carry() {
	r.after = r.recent.reciprocity.AfterBy()
	if short := len(r.reported) - len(r.after); short > 0 {
		r.after = append(r.after, make(witness.EventsBy, short)...)
	}
	for n, receive := range r.reported {
		r.after[n].Reported = max(r.after[n].Reported, receive)
	}
	r.reported = nil
}

// scale works out the density scale of each site.
func (r *run) scale() error {
	r.counted = make([]bool, len(r.sites))
	var cells []coverage.Hex
	for i := range r.sites {
		if r.counted[i] = r.active(uint32(i)); r.counted[i] {
			cells = append(cells, r.sites[i].Cell)
		}
	}
	density, err := r.p.Set.Density(cells)
	if err != nil {
		return err
	}
	r.scales = make([]coverage.Scale, len(r.sites))
	for i := range r.sites {
		if r.scales[i], err = r.p.Scale(density, r.sites[i].Cell, r.counted[i]); err != nil {
			return err
		}
	}
	return nil
}

// weighLinks settles the book of links. Only those clues are held in memory that anything
// follows from: a subject of which nothing is known has its whole weight. Of one with a
// provision it matters that there are any.
func (r *run) weighLinks(ctx context.Context) (err error) {
	if r.links, err = r.recent.links.SettleLarge(ctx, r.in.Before.Links, r.in.Epoch, r.in.workers()); err != nil {
		return err
	}
	r.weights, err = r.links.Weights(ctx, r.in.workers(), func(s witness.Subject, clues []witness.Clue) ([]witness.Clue, bool) {
		if _, was := r.in.Before.Provisions[s]; was {
			return clues, true
		}
		return witness.Lessening(clues)
	})
	return err
}

// active says whether density counts a station: it had a good event in the epoch
// before, or with a set that says so a good beacon in the time before.
func (r *run) active(number uint32) bool {
	from, _ := r.in.Timing.Slots(r.in.Epoch)
	begin := int64(r.in.Timing.Start(from))
	e := r.before.At(number)
	if r.p.DensityAge > 0 {
		return e.Beaconed > 0 && e.Beaconed > begin-r.p.DensityAge
	}
	last := max(e.Beaconed, e.Witnessed)
	return last > 0 && last >= begin-r.length()
}
