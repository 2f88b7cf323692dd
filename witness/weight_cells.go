package witness

import (
	"hash/maphash"

	"hexspot/coverage"
)

// cellPair are the cells of two stations: of who sees, and of whom.
type cellPair [2]coverage.Hex

// hash spreads pairs of cells. Its first bits are the drawer, those behind them the slot.
func (g *ground) hash(of cellPair) uint64 { return maphash.Comparable(g.seed, of) }

func (g *ground) drawerOf(of cellPair) int { return int(g.hash(of) >> 56) }

// cellSlots are what the pairs of cells of a drawer are told apart by where it is too large.
const cellSlots = 1 << 12

func (g *ground) slot(of cellPair) int { return int(g.hash(of) >> 44 % cellSlots) }

// slotRange are slots from the first to before the last.
type slotRange struct{ from, to int }

func (r slotRange) has(slot int) bool { return r.from <= slot && slot < r.to }

// mostOfDrawer is how many bytes of a drawer of cells are read at a time. Of what is between
// the same cells there may be more, of which only mostGround ways are kept.
const mostOfDrawer = 1 << 21

// eachRange calls work with the slots of a drawer in ranges that have few enough bytes on some
// shelves to be in memory together, or are one slot.
func (g *ground) eachRange(drawer int, work func(slotRange) error, shelves ...Shelf) error {
	var size int64
	for _, s := range shelves {
		_, n := s.Open(drawer)
		size += n
	}
	if size == 0 {
		return nil
	}
	if size <= g.most {
		return work(slotRange{0, cellSlots})
	}
	sizes, err := g.slotSizes(drawer, shelves)
	if err != nil {
		return err
	}
	return eachRangeOf(sizes[:], g.most, func(in slotRange) error {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		return work(in)
	})
}

// slotSizes are the bytes of a drawer by slot.
func (g *ground) slotSizes(drawer int, shelves []Shelf) (sizes [cellSlots]int64, err error) {
	for _, s := range shelves {
		err = eachItem(s, drawer, func(f *itemFields) error {
			size := itemLength + len(f.rest)
			sizes[g.slot(f.cells())] += int64(size)
			return nil
		})
		if err != nil {
			break
		}
	}
	return sizes, err
}

func eachRangeOf(sizes []int64, most int64, work func(slotRange) error) error {
	for from := 0; from < len(sizes); {
		sum, to := sizes[from], from+1
		for to < len(sizes) && sum+sizes[to] <= most {
			sum += sizes[to]
			to++
		}
		if sum > 0 {
			if err := work(slotRange{from, to}); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// eachIn gives the items of a drawer that are in a range, without their cells.
func (g *ground) eachIn(s Shelf, drawer int, in slotRange, each func(cellPair, *itemFields) error) error {
	all := in == slotRange{0, cellSlots}
	return eachItem(s, drawer, func(f *itemFields) error {
		of := f.cells()
		if !all && !in.has(g.slot(of)) {
			return nil
		}
		return each(of, f)
	})
}

func (i *item) addCells(of cellPair) *item { return i.add(int64(of[0]), int64(of[1])) }

func (f *itemFields) cells() cellPair {
	near := coverage.Hex(f.next())
	return cellPair{near, coverage.Hex(f.next())}
}
