package witness

import (
	"cmp"
	"sync/atomic"
)

// excess is the usual excess between those around two stations, if it is known.
type excess struct {
	known bool
	value int64
}

// left is what it leaves of the figure of a way.
func (e excess) left(p *pastWay) int64 {
	if !e.known {
		return p.beyond
	}
	return max(p.beyond, min(0, p.excess-e.value))
}

// usualOf is what is usual between those around a station and those around a partner, as the
// station sees it, and as the partner does: of a pair of cells with very many ways either end
// sees others.
type usualOf struct{ seen, back excess }

// Who sees what is usual.
const (
	usualSeen = iota
	usualBack
)

// lookGround surveys the ground that may explain the ways past reach that are alone.
func (w *weigher) lookGround() error {
	w.ground.begin()
	var asked atomic.Bool
	err := w.eachDrawer(func() hand {
		questions := newTray(w.ground.asked)
		return hand{func(drawer int) error {
			return w.pastIn(drawer, func(p *pastOf) error {
				for _, partner := range p.partners() {
					if !w.isAlone(&farness{mine: w.areas.share(p.station, partner), theirs: w.areas.share(partner, p.station)}) {
						continue
					}
					asked.Store(true)
					if err := w.ground.ask(p.station, partner, questions); err != nil {
						return err
					}
				}
				return nil
			})
		}, questions.empty}
	})
	if err == nil && asked.Load() {
		err = inTurn(w.ground.wantAll, w.takeWays, w.ground.answerAll, w.ground.conclude)
	}
	return cmp.Or(err, w.ground.end())
}

func (w *weigher) takeWays() error {
	return w.eachStation(func() (func(*ofStation) error, func() error) {
		ways := newTray(w.ground.ways)
		return func(k *ofStation) error { return w.ground.add(k, ways) }, ways.empty
	})
}

func (g *ground) wantAll() error { return g.eachDrawerInto(g.wanted, g.want) }

func (g *ground) answerAll() error { return g.eachDrawerInto(g.answers, g.meet) }

// conclude works out what is usual.
func (g *ground) conclude() error { return g.eachDrawerInto(g.usual, g.concludeAll) }

// eachDrawerInto has all drawers worked on for a shelf.
func (g *ground) eachDrawerInto(to Shelf, work func(drawer int, into *tray) error) error {
	return g.eachDrawer(func() hand {
		into := newTray(to)
		return hand{func(drawer int) error { return work(drawer, into) }, into.empty}
	})
}

// concludeAll works out what is usual for all who ask in a drawer.
func (g *ground) concludeAll(drawer int, usual *tray) error {
	return g.eachRange(drawer, func(in slotRange) error {
		ways, err := g.answersIn(drawer, in)
		if err != nil {
			return err
		}
		return g.eachIn(g.asked, drawer, in, func(homes cellPair, f *itemFields) error {
			s, partner := f.number(), f.number()
			value, ok := g.excess(s, partner, ways[homes], g.p.GroundShare)
			if !ok {
				return nil
			}
			return g.lay(s, partner, value, usual)
		})
	}, g.answers)
}

// answersIn are the ways that answer questions, by their homes: of two homes those of 7 times
// 7 pairs of cells at most.
func (g *ground) answersIn(drawer int, in slotRange) (map[cellPair][]groundWay, error) {
	ways := map[cellPair][]groundWay{}
	err := g.eachIn(g.answers, drawer, in, func(homes cellPair, f *itemFields) error {
		list := ways[homes]
		for len(f.rest) > 0 {
			w := groundWay{near: f.number(), far: f.number()}
			w.excess = f.next()
			list = append(list, w)
		}
		ways[homes] = list
		return nil
	})
	return ways, err
}

// lay tells both ends what one sees.
func (g *ground) lay(s, partner uint32, value int64, usual *tray) error {
	usual.begin().add(int64(s), int64(partner), usualSeen, value)
	if err := usual.put(g.drawer(s)); err != nil {
		return err
	}
	usual.begin().add(int64(partner), int64(s), usualBack, value)
	return usual.put(g.drawer(partner))
}

// usualIn is what is known in a drawer, by station and partner.
func (g *ground) usualIn(drawer int) (map[uint32]map[uint32]usualOf, error) {
	usual := map[uint32]map[uint32]usualOf{}
	err := eachItem(g.usual, drawer, func(f *itemFields) error {
		s, partner := f.number(), f.number()
		if usual[s] == nil {
			usual[s] = map[uint32]usualOf{}
		}
		u := usual[s][partner]
		switch f.next() {
		case usualSeen:
			u.seen = excess{true, f.next()}
		case usualBack:
			u.back = excess{true, f.next()}
		}
		usual[s][partner] = u
		return nil
	})
	return usual, err
}

// excess is the median excess of ways that those around a station have with those around its
// partner. It is false unless a share (0.0001) of them at either end have one: over ground
// that carries, most are heard.
func (g *ground) excess(s, partner uint32, ways []groundWay, share int64) (int64, bool) {
	var excesses []int64
	near, far := map[uint32]bool{}, map[uint32]bool{}
	for _, way := range ways {
		if g.isOther(way.near, s, partner) && g.isOther(way.far, s, partner) {
			near[way.near], far[way.far] = true, true
			excesses = append(excesses, way.excess)
		}
	}
	if !g.isMost(near, s, partner, share) || !g.isMost(far, partner, s, share) {
		return 0, false
	}
	return median(excesses), true
}

// isMost says that stations are a share of the others around one.
func (g *ground) isMost(stations map[uint32]bool, s, partner uint32, share int64) bool {
	if len(stations) < leastGround {
		return false
	}
	return int64(len(stations))*whole >= int64(len(g.around(s, partner)))*share
}

// around are the stations around a station, without those of its owner or of a
// partner's.
func (g *ground) around(s, partner uint32) []uint32 {
	list := g.cells.around(g.days[s], nil)
	others := list[:0]
	for _, n := range list {
		if g.isOther(n, s, partner) {
			others = append(others, n)
		}
	}
	return others
}

// isOther says that a station is neither of two, nor of their owners.
func (g *ground) isOther(n, s, partner uint32) bool {
	owner := g.days[n].site.Owner
	return owner != g.days[s].site.Owner && owner != g.days[partner].site.Owner
}
