package witness

import (
	"cmp"
	"slices"
	"sync/atomic"

	"hexspot/coverage"
)

// ground is what stations show of the country they stand on: who is around a station, and
// which ways join those around one with those around another. What the ground does to
// one of them, it does to all.
//
// It is looked at for ways that are past reach and alone. Each asks for the ways between the
// cells around both its ends: questions and ways meet in drawers by pairs of cells, so it is
// no matter how many there are.
type ground struct {
	*settling
	wanted  []atomic.Uint64 // a bit for some pairs of cells; without it nobody asks for one
	asked   Shelf           // by pairs of cells: who wants to know the ways between them
	ways    Shelf           // by pairs of cells
	answers Shelf           // by the station that asked
	usual   Shelf           // by station
}

// groundWay is a way as it is seen from one end.
type groundWay struct {
	near, far uint32
	number    int64 // among the ways of near
	excess    int64
}

// leastGround is how many others there have to be: one may lie. mostGround bounds what
// a pair of cells costs.
const (
	leastGround = 2
	mostGround  = 256
)

// wantedBits is how many pairs of cells have a bit of their own, more or less: 4 MB.
const wantedBits = 1 << 25

func (s *settling) survey() *ground { return &ground{settling: s, usual: s.book.shelves()} }

// begin makes room for questions.
func (g *ground) begin() {
	g.wanted = make([]atomic.Uint64, wantedBits/64)
	g.asked, g.ways, g.answers = g.book.shelves(), g.book.shelves(), g.book.shelves()
}

// end forgets all but what is usual.
func (g *ground) end() error {
	g.wanted = nil
	return inTurn(g.asked.Clear, g.ways.Clear, g.answers.Clear)
}

// hash spreads pairs of cells.
func hash(cells [2]coverage.Hex) uint64 {
	h := (uint64(cells[0])*0x9e3779b97f4a7c15 ^ uint64(cells[1])) * 0xc2b2ae3d27d4eb4f
	return h ^ h>>29
}

// wants is the word and the bit of a pair of cells, and its drawer.
func (g *ground) wants(cells [2]coverage.Hex) (word *atomic.Uint64, bit uint64, drawer int) {
	h := hash(cells)
	n := h % wantedBits
	return &g.wanted[n/64], 1 << (n % 64), int(h >> 56)
}

// ask notes that a station wants to know the ways between those around it and those around
// another.
func (g *ground) ask(s, partner uint32, asked *tray) error {
	far := diskOf(g.days[partner])
	for _, a := range diskOf(g.days[s]) {
		for _, b := range far {
			word, bit, drawer := g.wants([2]coverage.Hex{a, b})
			word.Or(bit)
			asked.begin().add(int64(a), int64(b), int64(s), int64(partner))
			if err := asked.put(drawer); err != nil {
				return err
			}
		}
	}
	return nil
}

// home is the cell of a station of the epoch, zero if it has none with neighbours.
func (g *ground) home(s uint32) coverage.Hex {
	cell, _ := g.days[s].site.Cell.Parent(aroundAt)
	return cell
}

// add takes the ways of a station between cells that somebody asked for.
func (g *ground) add(k *ofStation, ways *tray) error {
	home := g.home(k.station)
	for i := range k.facts {
		f := &k.facts[i]
		if f.sums.Reports <= 0 || f.kin {
			continue
		}
		cells := [2]coverage.Hex{home, g.home(f.partner)}
		word, bit, drawer := g.wants(cells)
		if word.Load()&bit == 0 {
			continue
		}
		ways.begin().add(int64(cells[0]), int64(cells[1]), int64(k.station), int64(f.partner), int64(i), f.excess)
		if err := ways.put(drawer); err != nil {
			return err
		}
	}
	return nil
}

// groundCells are a pair of cells that somebody asked for.
type groundCells struct {
	asked [][2]uint32
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

// meet has the questions of a drawer answered by its ways.
func (g *ground) meet(drawer int, answers *tray) error {
	cells := map[[2]coverage.Hex]*groundCells{}
	err := eachItem(g.asked, drawer, func(f *itemFields) error {
		of := [2]coverage.Hex{coverage.Hex(f.next()), coverage.Hex(f.next())}
		if cells[of] == nil {
			cells[of] = &groundCells{}
		}
		cells[of].asked = append(cells[of].asked, [2]uint32{f.number(), f.number()})
		return nil
	})
	if err != nil || len(cells) == 0 {
		return err
	}
	err = eachItem(g.ways, drawer, func(f *itemFields) error {
		c := cells[[2]coverage.Hex{coverage.Hex(f.next()), coverage.Hex(f.next())}]
		if c != nil {
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

// answer tells all who asked for a pair of cells.
func (g *ground) answer(c *groundCells, answers *tray) error {
	if len(c.ways) == 0 {
		return nil
	}
	c.cut()
	for _, who := range c.asked {
		answers.begin().add(int64(who[0]), int64(who[1]))
		for _, w := range c.ways {
			answers.add(int64(w.near), int64(w.far), w.excess)
		}
		if err := answers.put(g.drawer(who[0])); err != nil {
			return err
		}
	}
	return nil
}
