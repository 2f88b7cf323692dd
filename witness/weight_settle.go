package witness

import (
	"context"
	"sync"
)

// Settle closes the book: the state for the next epoch, and the weights of the links
// of this one, which follow from that state. Both are in memory.
func (b *LinkBook) Settle(before LinkState, epoch Epoch) (LinkState, *Weights, error) {
	return b.settle(before, epoch, 1)
}

func (b *LinkBook) settle(before LinkState, epoch Epoch, workers int) (LinkState, *Weights, error) {
	ctx := context.Background() // what is in memory is weighed soon
	links, err := b.SettleLarge(ctx, before, epoch, workers)
	if err != nil {
		return LinkState{}, nil, err
	}
	after, err := links.state()
	if err != nil {
		return LinkState{}, nil, err
	}
	weights, err := links.Weights(ctx, workers, all)
	return after, weights, err
}

// SettleLarge closes the book as Settle does, by some goroutines. What follows stays on
// shelves. The book is of no use any more. The error is that of a shelf, of the state before,
// or of the context.
func (b *LinkBook) SettleLarge(ctx context.Context, before LinkState, epoch Epoch, workers int) (*SettledLinks, error) {
	if b.p.LinkEpochs == 0 { // set helium-2026-05 has no weights
		return &SettledLinks{before: &before}, b.fault
	}
	s, err := b.settling(crew{ctx, workers}, before, uint64(epoch)/uint64(b.p.LinkEpochs))
	if err != nil {
		return nil, err
	}
	if err := inTurn(s.findReaches, s.findNeighbours, s.sum, s.forget); err != nil {
		return nil, err
	}
	return s.weigh()
}

// settling is what becomes of a book. From here on stations have numbers in the order of
// their ids.
type settling struct {
	crew
	p     *Parameters
	book  *LinkBook
	by    []uint32      // number in the book
	days  []*stationDay // nil: no part in the epoch
	rank  []uint32      // by number in the book
	turns int           // of generations
	reach []q32         // zero: none
	after afterState
	facts Shelf  // what is known of two stations, by each of them
	twins Shelf  // clues of stations about those next to them
	cells placed // of the stations
	mu    sync.Mutex
	shown map[uint32]bool // stations that are present; of appeals
}

// afterState is a LinkState on shelves, by the first station.
type afterState struct {
	generation uint64
	shelves    [stateKinds]Shelf
}

// settling enters the state before, after which all stations are known.
func (b *LinkBook) settling(by crew, before LinkState, generation uint64) (*settling, error) {
	s := &settling{crew: by, p: b.p, book: b, facts: b.shelves(), twins: b.shelves(), shown: map[uint32]bool{}}
	if generation > before.Generation {
		s.turns = int(min(generation-before.Generation, 2))
	}
	s.after.generation = max(generation, before.Generation)
	for kind := range s.after.shelves {
		s.after.shelves[kind] = b.shelves()
	}
	if err := s.enter(before); err != nil {
		return nil, err
	}
	s.order()
	return s, nil
}

// order numbers the stations anew.
func (s *settling) order() {
	b := s.book
	s.by = b.stations.Sorted(b.stations.Len())
	s.rank, s.days, s.reach = make([]uint32, len(s.by)), make([]*stationDay, len(s.by)), make([]q32, len(s.by))
	for rank, number := range s.by {
		s.rank[number], s.days[rank] = uint32(rank), b.day(number)
	}
	s.cells = s.placeAt(aroundAt)
	b.days = nil
}

// drawer has the stations in order: those of a drawer are before those of the next.
func (s *settling) drawer(station uint32) int {
	return int(uint64(station) * Drawers / uint64(len(s.by)))
}

// stationsOf are the stations of a drawer: from the first to before the last.
func (s *settling) stationsOf(drawer int) (from, to uint32) {
	first := func(drawer int) uint32 { return uint32((drawer*len(s.by) + Drawers - 1) / Drawers) }
	return first(drawer), first(drawer + 1)
}

// eachPair gathers what a drawer of the book says, by two stations. A pair is good until the
// next one.
func (s *settling) eachPair(c *contents, drawer int, each func(from, to uint32, p *pair) error) error {
	err := c.read(s.book.pairs, drawer, func(f *itemFields) (uint64, bool) {
		a, b := s.rank[f.number()], s.rank[f.number()]
		return pairKey(min(a, b), max(a, b)), true
	})
	if err != nil {
		return err
	}
	var p pair
	return c.eachGroup(func(f *itemFields) {
		said, way := f.said(), 0
		if s.rank[said.from] > s.rank[said.to] {
			way = 1
		}
		p.take(said.what, way, f, s.turns)
	}, func(key uint64) error {
		err := each(uint32(key>>32), uint32(key), &p)
		p = pair{}
		return err
	})
}

// sum works out the state after the epoch, and what weights follow from.
func (s *settling) sum() error {
	return s.eachDrawer(func() hand {
		var c contents
		k := s.newKeeper()
		return hand{func(drawer int) error {
			return s.eachPair(&c, drawer, func(a, b uint32, p *pair) error {
				ends := [2]*stationDay{s.days[a], s.days[b]}
				for way := range p.ways {
					p.ask(way, ends[way], ends[1-way], s.p)
				}
				for way := range p.near {
					p.askNear(way, ends[way], ends[1-way])
				}
				return k.keep(a, b, p)
			})
		}, k.end}
	})
}

// forget drops what is known of stations but for their places.
func (s *settling) forget() error {
	for _, day := range s.days {
		if day != nil {
			day.sent = nil
		}
	}
	s.rank = nil
	return s.book.pairs.Clear()
}
