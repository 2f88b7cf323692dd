package witness

import (
	"cmp"
	"slices"

	"hexspot/radio"
)

// Settle closes the book: the state for the next epoch, and the weights of the links
// of this one, which follow from that state. Both are in memory.
func (b *LinkBook) Settle(before LinkState, epoch Epoch) (LinkState, *Weights, error) {
	links, err := b.SettleLarge(before, epoch)
	if err != nil {
		return LinkState{}, nil, err
	}
	after, err := links.state()
	if err != nil {
		return LinkState{}, nil, err
	}
	weights, err := links.Weights(func(Subject, []Clue) bool { return true })
	return after, weights, err
}

// SettleLarge closes the book as Settle does. What follows stays on shelves.
func (b *LinkBook) SettleLarge(before LinkState, epoch Epoch) (*SettledLinks, error) {
	if b.p.LinkEpochs == 0 { // set helium-2026-05 has no weights
		return &SettledLinks{before: &before}, b.fault
	}
	s, err := b.settling(before, uint64(epoch)/uint64(b.p.LinkEpochs))
	if err != nil {
		return nil, err
	}
	for _, stage := range [...]func() error{s.findReaches, s.findNeighbours, s.sum} {
		if err := stage(); err != nil {
			return nil, err
		}
	}
	if err := b.pairs.Clear(); err != nil {
		return nil, err
	}
	return s.weigh()
}

// settling is what becomes of a book. From here on stations have numbers in the order of
// their ids.
type settling struct {
	p     *Parameters
	book  *LinkBook
	names []radio.Station
	days  []*stationDay // nil: no part in the epoch
	rank  []uint32      // by number in the book
	turns int           // of generations
	reach []q32         // zero: none
	after afterState
	facts Shelf // what is known of two stations, by each of them
	twins map[uint32]Clue
	shown map[uint32]bool // stations that are present
	item  item
}

// afterState is a LinkState on shelves, by the first station.
type afterState struct {
	generation uint64
	shelves    [stateKinds]Shelf
}

// settling enters the state before, after which all stations are known.
func (b *LinkBook) settling(before LinkState, generation uint64) (*settling, error) {
	s := &settling{p: b.p, book: b, facts: b.shelves(), twins: map[uint32]Clue{}, shown: map[uint32]bool{}}
	if generation > before.Generation {
		s.turns = int(min(generation-before.Generation, 2))
	}
	s.after.generation = max(generation, before.Generation)
	for kind := range s.after.shelves {
		s.after.shelves[kind] = b.shelves()
	}
	err := before.each(func(e stateEntry) error {
		b.say(wasWay+e.kind, b.number(e.from), b.number(e.to), e.sums...)
		return b.fault
	})
	b.failed(err)
	s.order()
	return s, b.fault
}

// order numbers the stations anew.
func (s *settling) order() {
	b := s.book
	by := make([]uint32, len(b.names))
	for i := range by {
		by[i] = uint32(i)
	}
	slices.SortFunc(by, func(x, y uint32) int { return b.names[x].Compare(b.names[y]) })
	s.rank, s.names, s.days = make([]uint32, len(by)), make([]radio.Station, len(by)), make([]*stationDay, len(by))
	for rank, number := range by {
		s.rank[number], s.names[rank], s.days[rank] = uint32(rank), b.names[number], b.days[number]
	}
	s.reach = make([]q32, len(by))
}

// drawer has the stations in order: those of a drawer are before those of the next.
func (s *settling) drawer(station uint32) int {
	return int(uint64(station) * Drawers / uint64(len(s.names)))
}

// eachPair gathers what a drawer of the book says, by two stations.
func (s *settling) eachPair(drawer int, each func(from, to uint32, p *pair) error) error {
	pairs := map[[2]uint32]*pair{}
	err := eachItem(s.book.pairs, drawer, func(f *itemFields) error {
		said := f.said()
		from, to := s.rank[said.from], s.rank[said.to]
		key, way := [2]uint32{min(from, to), max(from, to)}, 0
		if from > to {
			way = 1
		}
		p := pairs[key]
		if p == nil {
			p = &pair{}
			pairs[key] = p
		}
		p.take(said.what, way, f, s.turns)
		return nil
	})
	for key, p := range pairs {
		if err != nil {
			break
		}
		err = each(key[0], key[1], p)
	}
	return err
}

// sum works out the state after the epoch, and what weights follow from.
func (s *settling) sum() error {
	for drawer := range Drawers {
		err := s.eachPair(drawer, func(a, b uint32, p *pair) error {
			ends := [2]*stationDay{s.days[a], s.days[b]}
			for way := range p.ways {
				p.ask(way, ends[way], ends[1-way], s.p)
			}
			for way := range p.near {
				p.askNear(way, ends[way], ends[1-way])
			}
			return cmp.Or(s.keep(a, b, p), s.keep(b, a, p.reversed()), s.tell(a, b, p))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
