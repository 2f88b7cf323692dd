package coverage

// NewcomerScale is the scale that a station at a cell would have if it were in the
// snapshot too: how a station without a valid event in the epoch before is
// scaled. The snapshot stays as it is.
func (d *Density) NewcomerScale(cell Hex) (Scale, error) {
	own, err := countedIn(cell)
	if err != nil {
		return 0, err
	}
	o := overlay{d: d, own: own, changed: map[Hex]tally{}}
	if own.Resolution() == countedAt {
		before := o.at(own)
		o.changed[own] = tally{before.held + 1, before.counted + 1}
	}
	for r := finestClip; r >= coarsestClip; r-- {
		if err := o.clip(r); err != nil {
			return 0, err
		}
	}
	q, _ := product(cell, o.at)
	return Scale(q / scaleStep), nil
}

// overlay holds the cells of a snapshot that one more station changes.
type overlay struct {
	d       *Density
	own     Hex // where the newcomer is counted
	changed map[Hex]tally
}

func (o overlay) at(h Hex) tally {
	if t, ok := o.changed[h]; ok {
		return t
	}
	return o.d.levels[h.Resolution()][h]
}

// clip does for resolution r what Density.clip does, for the cells that can
// differ: those that hold more now, and the neighbours of one that became full.
func (o overlay) clip(r int) error {
	more := o.more(r)
	affected := map[Hex]bool{}
	for cell, n := range more {
		affected[cell] = true
		before := o.at(cell)
		o.changed[cell] = tally{before.held + n, before.counted}
		if target := o.d.set.Clips[r].Target; before.held < target && before.held+n >= target {
			if err := o.addDisk(affected, cell); err != nil {
				return err
			}
		}
	}
	for cell := range affected {
		limit, err := o.d.limit(cell, func(h Hex) uint64 { return o.at(h).held })
		if err != nil {
			return err
		}
		held := o.at(cell).held
		o.changed[cell] = tally{held, min(limit, held)}
	}
	return nil
}

// more is how many more each cell of resolution r holds.
func (o overlay) more(r int) map[Hex]uint64 {
	more := map[Hex]uint64{}
	for child, t := range o.changed {
		if n := t.counted - o.d.levels[child.Resolution()][child].counted; child.Resolution() == r+1 && n > 0 {
			more[child.ancestor(r)] += n
		}
	}
	if o.own.Resolution() == r {
		more[o.own]++
	}
	return more
}

func (o overlay) addDisk(to map[Hex]bool, cell Hex) error {
	disk, err := cell.Disk()
	if err != nil {
		return err
	}
	for _, h := range disk {
		if o.at(h).held > 0 {
			to[h] = true
		}
	}
	return nil
}
