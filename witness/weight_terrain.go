package witness

import (
	"cmp"
	"slices"
	"sync"

	"hexspot/coverage"
)

// terrain is how much is heard around each station, and how loss grows with distance there: of
// the exponents the one that makes what the stations of an area hear of each other, and what they do
// not hear, most likely. In memory it has some bytes a station and some more a cell.
type terrain struct {
	p      *Parameters
	days   []*stationDay
	cells  placed  // at areaAt
	limits []int64 // of the losses of a station's pairs; zero: it has too few
	of     []uint8 // exponent around a station: 2 + n/2

	mu    sync.Mutex
	costs map[coverage.Hex]*[exponents]int64
}

// mostOfCell bounds how many stations of a cell are looked at: the first ones.
const mostOfCell = 64

func (s *settling) newTerrain() *terrain {
	n := len(s.by)
	return &terrain{
		p: s.p, days: s.days, cells: s.placeAt(areaAt), limits: make([]int64, n), of: make([]uint8, n),
		costs: map[coverage.Hex]*[exponents]int64{},
	}
}

// pairLoss is what a pair of stations of two owners loses, in the mean of its ways.
type pairLoss struct {
	partner       uint32
	reports, loss int64
}

// pairLosses are those of a station's pairs that have reports, by partner; none if no clue is made
// of them, and then there is no limit and no ground either.
func (w *weigher) pairLosses(k *ofStation) []pairLoss {
	if w.p.PlaceNone == 0 {
		return nil
	}
	var list []pairLoss
	for i := range k.pairs {
		p := &k.pairs[i]
		var losses mean
		l := pairLoss{partner: p.partner}
		for way := range p.sums {
			if reports := p.sums[way].Reports; reports > 0 {
				l.reports += reports
				losses = mean{losses.sum + w.loss(p, way), losses.n + 1}
			}
		}
		if !p.kin && losses.n > 0 {
			l.loss = floordiv(losses.sum, losses.n)
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b pairLoss) int { return cmp.Compare(a.partner, b.partner) })
	return list
}

// lossOf is that of a pair, false if it is silent.
func lossOf(list []pairLoss, partner uint32) (int64, bool) {
	i, ok := slices.BinarySearchFunc(list, partner, func(l pairLoss, n uint32) int { return cmp.Compare(l.partner, n) })
	if !ok {
		return 0, false
	}
	return list[i].loss, true
}

// limit notes how much loss a station gets over: all but a tenth of its pairs lose no more.
func (t *terrain) limit(s uint32, list []pairLoss, levels int64) {
	var losses []int64
	for i := range list {
		if list[i].reports >= levels {
			losses = append(losses, list[i].loss)
		}
	}
	if n := len(losses); n >= partners {
		slices.Sort(losses)
		t.limits[s] = losses[n-1-n/10]
	}
}

// home is the cell of a station, zero if it has none.
func (t *terrain) home(s uint32) coverage.Hex {
	cell, _ := t.days[s].site.Cell.Parent(areaAt)
	return cell
}

// first are the first stations of some cells.
func (t *terrain) first(cells []coverage.Hex) (list []uint32) {
	for _, cell := range cells {
		in := t.cells.in(cell)
		for _, p := range in[:min(len(in), mostOfCell)] {
			list = append(list, p.station)
		}
	}
	return list
}

// meets is one station as another one's, false if they say nothing of each other: they are too
// near, of one owner or of two plans, or one of them has hardly any pairs.
func (t *terrain) meets(s, n uint32, list []pairLoss) (other, bool) {
	a, b := &t.days[s].site, &t.days[n].site
	if s == n || t.limits[s] == 0 || t.limits[n] == 0 || a.Owner == b.Owner || a.Plan != b.Plan {
		return other{}, false
	}
	if widest(a.Position, b.Position) < nearby {
		if l := linkOf(a, b); !l.ok || l.gap < coverage.Millimetres(t.p.MinDistance) {
			return other{}, false
		}
	}
	o := other{station: n, limit: min(t.limits[s], t.limits[n])}
	o.loss, o.heard = lossOf(list, n)
	return o, true
}

// nearby is the distance within which two cells may be too near each other.
const nearby = 3000 * coverage.Metre

// add has a station say what it hears around itself.
func (t *terrain) add(s uint32, list []pairLoss) {
	home := t.home(s)
	if t.limits[s] == 0 || home == 0 {
		return
	}
	var costs [exponents]int64
	disk, _ := home.Disk() // without it there is nobody
	for _, n := range t.first(disk) {
		o, ok := t.meets(s, n, list)
		octaves, near := octavesOver(t.days[s].site.Position, t.days[n].site.Position)
		if !ok || !near {
			continue
		}
		for e := range costs {
			costs[e] += o.cost(expectedLoss(uint8(e), uint8(e), octaves))
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.costs[home]
	if sum == nil {
		sum = &[exponents]int64{}
		t.costs[home] = sum
	}
	for e := range costs {
		sum[e] += costs[e]
	}
}

// usualExponents cost nothing before anything is heard: 3 or 3.5, the others as if each was one
// standard deviation further off.
var usualExponents = [exponents]int64{1500, 500, 0, 0, 500, 1500}

// conclude works out the exponent around each station: of equal ones the least.
func (t *terrain) conclude() {
	known := map[coverage.Hex]uint8{}
	for s, day := range t.days {
		if day == nil {
			continue
		}
		home := t.home(uint32(s))
		if _, ok := known[home]; !ok {
			known[home] = t.exponent(home)
		}
		t.of[s] = known[home]
	}
	t.costs = nil
}

func (t *terrain) exponent(cell coverage.Hex) uint8 {
	sum := usualExponents
	disk, _ := cell.Disk() // without it there is nobody
	for _, c := range disk {
		if costs := t.costs[c]; costs != nil {
			for e := range sum {
				sum[e] += costs[e]
			}
		}
	}
	least := 0
	for e := range sum {
		if sum[e] < sum[least] {
			least = e
		}
	}
	return uint8(least)
}
