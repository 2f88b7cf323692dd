package witness

import (
	"cmp"
	"slices"

	"hexspot/coverage"
)

// aroundAt is the resolution of the cells that neighbours are looked for in.
const aroundAt = 7

// placed are the stations of the epoch by the cell of a resolution that they are published
// in: a list in the order of cells, and of stations in each.
type placed []place

type place struct {
	cell    coverage.Hex
	station uint32
}

func (s *settling) placeAt(resolution int) placed {
	var list placed
	for station, day := range s.days {
		if day == nil {
			continue
		}
		if cell, err := day.site.Cell.Parent(resolution); err == nil {
			list = append(list, place{cell, uint32(station)})
		}
	}
	slices.SortFunc(list, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.station, b.station))
	})
	return list
}

// in are those in a cell.
func (l placed) in(cell coverage.Hex) placed {
	find := func(cell coverage.Hex) int {
		i, _ := slices.BinarySearchFunc(l, cell, func(p place, c coverage.Hex) int { return cmp.Compare(p.cell, c) })
		return i
	}
	return l[find(cell):find(cell+1)]
}

// around are the stations in a site's cell and the cells next to it, in order.
func (l placed) around(day *stationDay, list []uint32) []uint32 {
	for _, cell := range diskOf(day) {
		for _, p := range l.in(cell) {
			list = append(list, p.station)
		}
	}
	slices.Sort(list)
	return list
}

// diskOf are the cell of a station and the cells next to it; none if it has no cell.
func diskOf(day *stationDay) []coverage.Hex {
	cell, err := day.site.Cell.Parent(aroundAt)
	if err != nil {
		return nil
	}
	return diskAround(cell)
}

// diskAround are a cell and those next to it; none of what is no cell.
func diskAround(cell coverage.Hex) []coverage.Hex {
	disk, err := cell.Disk()
	if err != nil {
		return nil
	}
	return disk
}
