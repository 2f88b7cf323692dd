package witness

import (
	"hash/maphash"
	"sync/atomic"

	"hexspot/coverage"
)

// ground is what stations show of the country they stand on: who is around a station, and
// which ways join those around one with those around another. What the ground does to
// one of them, it does to all.
//
// It is looked at for ways that are past reach and alone. A question about two stations is answered
// by the ways between the cells around both, which are the same for all who stand in the same two
// cells, their homes. So what is laid down grows with the ways, and not with those who ask. All meet
// in drawers by pairs of cells, and what is in memory of a drawer is bounded (eachRange).
type ground struct {
	*settling
	seed    maphash.Seed    // nobody makes cells that share a drawer
	bits    []atomic.Uint64 // one for some pairs of cells; unless it is set, nobody wants their ways
	asked   Shelf           // questions, by their homes
	wanted  Shelf           // homes between which somebody asks, by each pair of cells around them
	ways    Shelf           // by the cells of their ends
	answers Shelf           // ways between the cells around two homes, by these
	usual   Shelf           // by station
	most    int64           // bytes of a drawer that are read at a time
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

func (s *settling) survey() *ground {
	return &ground{settling: s, seed: maphash.MakeSeed(), usual: s.book.shelves(), most: mostOfDrawer}
}

// begin makes room for questions.
func (g *ground) begin() {
	g.bits = make([]atomic.Uint64, wantedBits/64)
	for _, s := range [...]*Shelf{&g.asked, &g.wanted, &g.ways, &g.answers} {
		*s = g.book.shelves()
	}
}

// end forgets all but what is usual.
func (g *ground) end() error {
	g.bits = nil
	return inTurn(g.asked.Clear, g.wanted.Clear, g.ways.Clear, g.answers.Clear)
}

// bit is that of a pair of cells, in its word.
func (g *ground) bit(of cellPair) (word *atomic.Uint64, bit uint64) {
	n := g.hash(of) % wantedBits
	return &g.bits[n/64], 1 << (n % 64)
}

// home is the cell that a station of the epoch is around, zero if its site is in none.
func (g *ground) home(s uint32) coverage.Hex {
	cell, _ := g.days[s].site.Cell.Parent(aroundAt)
	return cell
}

// ask lays down that a station wants to know the ways between those around it and those around
// another.
func (g *ground) ask(s, partner uint32, asked *tray) error {
	homes := cellPair{g.home(s), g.home(partner)}
	asked.begin().addCells(homes).add(int64(s), int64(partner))
	return asked.put(g.drawerOf(homes))
}

// want lays down which pairs of cells the questions of a drawer are answered by, once for all
// questions between two homes.
func (g *ground) want(drawer int, wanted *tray) error {
	return g.eachRange(drawer, func(in slotRange) error {
		seen := map[cellPair]struct{}{}
		err := g.eachIn(g.asked, drawer, in, func(homes cellPair, _ *itemFields) error {
			seen[homes] = struct{}{}
			return nil
		})
		for homes := range seen {
			if err != nil {
				break
			}
			err = g.wantAround(homes, wanted)
		}
		return err
	}, g.asked)
}

func (g *ground) wantAround(homes cellPair, wanted *tray) error {
	far := diskAround(homes[1])
	for _, a := range diskAround(homes[0]) {
		for _, b := range far {
			cells := cellPair{a, b}
			word, bit := g.bit(cells)
			word.Or(bit)
			wanted.begin().addCells(cells).addCells(homes)
			if err := wanted.put(g.drawerOf(cells)); err != nil {
				return err
			}
		}
	}
	return nil
}

// add takes the ways of a station between cells that somebody may have asked for.
func (g *ground) add(k *ofStation, ways *tray) error {
	home := g.home(k.station)
	for i := range k.facts {
		f := &k.facts[i]
		if f.sums.Reports <= 0 || f.kin {
			continue
		}
		cells := cellPair{home, g.home(f.partner)}
		word, bit := g.bit(cells)
		if word.Load()&bit == 0 {
			continue
		}
		ways.begin().addCells(cells).add(int64(k.station), int64(f.partner), int64(i), f.excess)
		if err := ways.put(g.drawerOf(cells)); err != nil {
			return err
		}
	}
	return nil
}
