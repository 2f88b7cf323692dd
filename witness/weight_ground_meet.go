package witness

import (
	"cmp"
	"slices"
)

// groundCells are a pair of cells whose ways somebody may want.
type groundCells struct {
	homes []cellPair // that they are around, 7 times 7 at most
	ways  []groundWay
}

// add keeps the first mostGround by station.
func (c *groundCells) add(w groundWay) {
	if c.ways = append(c.ways, w); len(c.ways) >= 2*mostGround {
		c.cut()
	}
}

func (c *groundCells) cut() {
	slices.SortFunc(c.ways, func(a, b groundWay) int { return cmp.Or(cmp.Compare(a.near, b.near), cmp.Compare(a.number, b.number)) })
	c.ways = c.ways[:min(len(c.ways), mostGround)]
}

// meet has what is wanted of a drawer answered by its ways.
func (g *ground) meet(drawer int, answers *tray) error {
	return g.eachRange(drawer, func(in slotRange) error { return g.meetIn(drawer, in, answers) }, g.wanted, g.ways)
}

func (g *ground) meetIn(drawer int, in slotRange, answers *tray) error {
	cells := map[cellPair]*groundCells{}
	err := g.eachIn(g.wanted, drawer, in, func(of cellPair, f *itemFields) error {
		if cells[of] == nil {
			cells[of] = &groundCells{}
		}
		cells[of].homes = append(cells[of].homes, f.cells())
		return nil
	})
	if err != nil || len(cells) == 0 {
		return err
	}
	err = g.eachIn(g.ways, drawer, in, func(of cellPair, f *itemFields) error {
		if c := cells[of]; c != nil { // not another pair of the same bit
			w := groundWay{near: f.number(), far: f.number()}
			w.number, w.excess = f.next(), f.next()
			c.add(w)
		}
		return nil
	})
	for _, c := range cells {
		if err != nil {
			break
		}
		err = g.answer(c, answers)
	}
	return err
}

// answer lays the ways of a pair of cells down for each of the homes that they are around.
func (g *ground) answer(c *groundCells, answers *tray) error {
	if len(c.ways) == 0 {
		return nil
	}
	c.cut()
	for _, homes := range c.homes {
		answers.begin().addCells(homes)
		for _, w := range c.ways {
			answers.add(int64(w.near), int64(w.far), w.excess)
		}
		if err := answers.put(g.drawerOf(homes)); err != nil {
			return err
		}
	}
	return nil
}
