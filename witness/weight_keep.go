package witness

import (
	"cmp"
	"slices"

	"hexspot/coverage"
)

// keeper lays what is known of pairs into the drawers of their stations: the state after the
// epoch, and the facts that weights follow from. It is of one goroutine.
type keeper struct {
	*settling
	state        [stateKinds]*tray
	facts, twins *tray
}

func (s *settling) newKeeper() *keeper {
	k := &keeper{settling: s, facts: newTray(s.facts), twins: newTray(s.twins)}
	for kind := range k.state {
		k.state[kind] = newTray(s.after.shelves[kind])
	}
	return k
}

func (k *keeper) end() error {
	return cmp.Or(emptyAll(k.state[:]...), emptyAll(k.facts, k.twins))
}

// keep lays a pair down.
func (k *keeper) keep(a, b uint32, p *pair) error {
	if err := k.keepFrom(a, b, p); err != nil {
		return err
	}
	back := p.reversed()
	return cmp.Or(k.keepFrom(b, a, &back), k.tell(a, b, p))
}

// keepFrom lays what is known of a station's ways and pairs into its drawer. Twins are with
// the first of both.
func (k *keeper) keepFrom(from, to uint32, p *pair) error {
	var err error
	if w := &p.ways[0]; w.known {
		var v [2 * waySums]int64
		w.sums[0].put(v[:])
		w.sums[1].put(v[waySums:])
		err = k.put(stateWays, from, to, v[:])
	}
	if n := &p.near[0]; err == nil && n.known {
		err = k.put(stateNear, from, to, []int64{n.sums[0].Asked, n.sums[0].Answered, n.sums[1].Asked, n.sums[1].Answered})
	}
	if err == nil && p.twins != [2]TwinSums{} {
		err = k.put(stateTwins, from, to, slices.Concat(p.twins[0].list(), p.twins[1].list()))
	}
	if w := &p.shown[0]; err == nil && w.known {
		kept := w.kept()
		err = k.put(stateShown, from, to, kept[:])
	}
	return err
}

func (k *keeper) put(kind int, from, to uint32, numbers []int64) error {
	t := k.state[kind]
	t.begin().add(int64(from), int64(to)).add(numbers...)
	return t.put(k.drawer(from))
}

// tell lays what a pair of stations of the epoch shows into the drawers of both.
func (k *keeper) tell(a, b uint32, p *pair) error {
	if shown := p.shown[0].kept(); a == b && k.p.ExhibitFrames > 0 && max(shown[0], shown[1]) >= k.p.ExhibitFrames {
		k.isShown(a)
	}
	from, to := k.days[a], k.days[b]
	if from == nil || to == nil || a == b {
		return nil
	}
	if err := k.tellTwins(a, b, p); err != nil {
		return err
	}
	d, ok := distance(from.site.Position, to.site.Position)
	if !ok || !p.ways[0].known && !p.ways[1].known {
		return nil
	}
	f := pairFact{
		station: a, partner: b, kin: from.site.Owner == to.site.Owner, rough: from.rough || to.rough,
		octaves: log2(uint64(max(d, coverage.Metre))), free: int64(freeSpaceLoss(max(d, coverage.Metre), midBand, lossOffset) / centidB),
	}
	for way := range f.sums {
		w, shown := &p.ways[way], p.shown[way].kept()
		f.known[way], f.sums[way], f.shown[way] = w.known, w.sums[0].plus(w.sums[1]), max(shown[0], shown[1])
	}
	back := f.reversed()
	return cmp.Or(k.putFact(&f), k.putFact(&back))
}

func (k *keeper) putFact(f *pairFact) error {
	k.facts.addFact(f)
	return k.facts.put(k.drawer(f.station))
}

func (s *settling) isShown(station uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown[station] = true
}
