package witness

import "slices"

// tellTwins: two stations whose levels of the same frames never part have one
// antenna, and are published as two.
func (k *keeper) tellTwins(a, b uint32, p *pair) error {
	total := p.twins[0].plus(p.twins[1])
	if total.Frames < max(2, k.p.LinkReports) {
		return nil
	}
	variance := (total.ApartApart - muldiv(total.Apart, total.Apart, total.Frames)) / (total.Frames - 1)
	variance += doubtOfVariance(variance, total.Frames) * k.p.SlopeDoubt / 100 // of few frames it is small by chance
	c := clueOf(ClueTwins, total.Frames, variance, ramp{k.p.TwinsNone, k.p.TwinsFull})
	for _, station := range [...]uint32{a, b} {
		k.twins.begin().add(int64(station)).addClues([]Clue{c})
		if err := k.twins.put(k.drawer(station)); err != nil {
			return err
		}
	}
	return nil
}

// doubtOfVariance is the standard error of a variance of n normal figures, v sqrt(2 / (n - 1)).
func doubtOfVariance(v, n int64) int64 {
	return muldiv(v, int64(isqrt(uint64(2*whole*whole/(n-1)))), whole)
}

// twinsOf gives the worst of the clues of each station of a drawer about twins, and who has
// one, in order: a station has many neighbours.
func (w *weigher) twinsOf(drawer int) (map[uint32]Clue, []uint32, error) {
	worst := map[uint32]Clue{}
	err := eachItem(w.twins, drawer, func(f *itemFields) error {
		station := f.number()
		c := f.clues(nil)[0]
		was, ok := worst[station]
		if !ok || c.Value < was.Value || c.Value == was.Value && c.Reports < was.Reports {
			worst[station] = c
		}
		return nil
	})
	var order []uint32
	for station := range worst {
		order = append(order, station)
	}
	slices.Sort(order)
	return worst, order, err
}
