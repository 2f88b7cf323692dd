package witness

import (
	"cmp"
	"slices"

	"hexspot/coverage"
)

// otherPlaceClue: how much likelier it is that a station stands at another place than at the
// published one, by what it hears and by who is silent to it. Somewhere else is the place of one of
// those that it hears best, nearer to those that it hears. At its own it may stand on any ground;
// what the ground around the others is like, they show among themselves.
func (w *weigher) otherPlaceClue(clues []Clue, k *ofStation) []Clue {
	t := w.terrain
	if w.p.PlaceNone == 0 || t.limits[k.station] == 0 {
		return clues
	}
	list := w.pairLosses(k)
	places := w.otherPlaces(k.station, list)
	var reports int64
	for i := range list {
		reports += list[i].reports
	}
	if len(places) == 0 || reports < w.p.LinkReports {
		return clues
	}
	return append(clues, clueOf(ClueOther, reports, t.likelier(k.station, places, t.others(k.station, list)), ramp{w.p.PlaceNone, w.p.PlaceFull}))
}

// likelier is by how much the likeliest of some places is likelier than a station's own, in
// logarithms; zero if it is not.
func (t *terrain) likelier(s uint32, places []uint32, others []other) int64 {
	own := t.octaves(s, others, 0)
	here := t.costHere(own, others)
	there := here
	for _, place := range places {
		if octaves := t.octaves(place, others, besideOctaves); isNearer(octaves, own, others) {
			there = min(there, t.cost(t.of[place], octaves, others))
		}
	}
	return here - there
}

// isNearer says that a place is nearer than another to those that are heard, in the mean of the
// octaves over those that are in reach of both. Where it is further away it would only explain that a
// site is bad.
func isNearer(there, here []int64, others []other) bool {
	var nearer int64
	for i := range others {
		if others[i].heard && here[i] >= 0 && there[i] >= 0 {
			nearer += here[i] - there[i]
		}
	}
	return nearer > 0
}

const (
	mostPlaces = 6                    // that a station may stand at in place of its own
	besideSite = 700 * coverage.Metre // how near to them: a station is not on another's roof
	mostOthers = 256                  // that are looked at
)

// otherPlaces are the stations that a station hears best, as far as they are far enough away to
// be other places. There are none unless it has leastShadows pairs.
func (w *weigher) otherPlaces(s uint32, list []pairLoss) []uint32 {
	var best []pairLoss
	for i := range list {
		if list[i].reports >= w.p.LinkLevels && w.terrain.limits[list[i].partner] > 0 {
			best = append(best, list[i])
		}
	}
	if len(best) < leastShadows {
		return nil
	}
	slices.SortFunc(best, func(a, b pairLoss) int { return cmp.Or(cmp.Compare(a.loss, b.loss), cmp.Compare(a.partner, b.partner)) })
	var places []uint32
	for _, l := range best[:min(len(best), mostPlaces)] {
		d, ok := distance(w.days[s].site.Position, w.days[l.partner].site.Position)
		if ok && int64(d) >= w.p.PlaceMove {
			places = append(places, l.partner)
		}
	}
	return places
}

// others are the stations around a station and around those that it hears, where it hears two
// more; of the rest only those that it hears. They are in order, the first mostOthers.
func (t *terrain) others(s uint32, list []pairLoss) []other {
	heard := map[coverage.Hex]int{}
	for i := range list {
		heard[t.home(list[i].partner)]++
	}
	cells, _ := t.home(s).Disk() // without it there is nobody
	company := map[coverage.Hex]bool{}
	for cell := range heard {
		if company[cell] = t.heardAround(cell, heard) >= partners; company[cell] {
			disk, _ := cell.Disk()
			cells = append(cells, disk...)
		}
	}
	slices.Sort(cells)
	numbers := t.first(slices.Compact(cells))
	for i := range list {
		if !company[t.home(list[i].partner)] {
			numbers = append(numbers, list[i].partner)
		}
	}
	return t.meetAll(s, numbers, list)
}

// meetAll are those of some stations that meet one, each once and in order, the first mostOthers.
func (t *terrain) meetAll(s uint32, numbers []uint32, list []pairLoss) (others []other) {
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		if len(others) == mostOthers {
			break
		}
		if o, ok := t.meets(s, n, list); ok {
			others = append(others, o)
		}
	}
	return others
}

// heardAround is how many are heard of a cell and those next to it.
func (t *terrain) heardAround(cell coverage.Hex, heard map[coverage.Hex]int) (n int) {
	disk, _ := cell.Disk() // without it there is nobody
	for _, c := range disk {
		n += heard[c]
	}
	return n
}

// costHere is the cost of the published place, over the ground that makes it least.
func (t *terrain) costHere(octaves []int64, others []other) int64 {
	least := t.cost(0, octaves, others)
	for e := uint8(1); e < exponents; e++ {
		least = min(least, t.cost(e, octaves, others))
	}
	return least
}

// octaves are the distances from the place of a station, -1 where there is none.
func (t *terrain) octaves(place uint32, others []other, least int64) []int64 {
	list := make([]int64, len(others))
	for i := range others {
		octaves, ok := octavesOver(t.days[place].site.Position, t.days[others[i].station].site.Position)
		if list[i] = max(octaves, least); !ok {
			list[i] = -1
		}
	}
	return list
}

// cost is that of all others together, with what stands around the site that makes it least.
func (t *terrain) cost(exponent uint8, octaves []int64, others []other) int64 {
	var sums [len(siteDiffers)]int64
	for i := range others {
		if octaves[i] < 0 {
			continue
		}
		expected := expectedLoss(exponent, t.of[others[i].station], octaves[i])
		for d := range siteDiffers {
			sums[d] += others[i].cost(expected + siteDiffers[d].loss)
		}
	}
	least := sums[0]
	for d := range siteDiffers {
		least = min(least, sums[d]+siteDiffers[d].cost)
	}
	return least
}
