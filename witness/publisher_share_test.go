package witness

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sharing are instances of one network with one book, which wake at the same time and do what
// they have to do in any order.
type sharing struct {
	t         *rapid.T
	claims    map[[2]uint64]*claimed
	instances []*sharer
	any       *rand.Rand
	now       Millis
	served    []int // by which instance, a slot each
}

// claimed is what the book has of a chain.
type claimed struct {
	anchor   Anchor
	revealed Slot
}

// sharer is one instance.
type sharer struct {
	p    *Publisher
	todo []PublisherAction
	dead bool
}

func newSharing(rt *rapid.T, instances int) *sharing {
	s := &sharing{t: rt, claims: map[[2]uint64]*claimed{}}
	s.any = rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 1))
	for i := range instances {
		p, err := NewPublisher(PublisherConfig{
			Schedule: schedules["demo"], Random: rand.NewChaCha8([32]byte{byte(i)}),
		})
		if err != nil {
			rt.Fatal(err)
		}
		s.instances = append(s.instances, &sharer{p: p})
	}
	return s
}

// slot has all that live wake, twice.
func (s *sharing) slot() {
	for range 2 {
		for _, i := range s.any.Perm(len(s.instances)) {
			if !s.instances[i].dead {
				s.step(i, nil)
			}
		}
		s.work()
		s.now += 1_000
	}
}

// work does what is to be done, now of one instance and now of another.
func (s *sharing) work() {
	for {
		var busy []int
		for i, one := range s.instances {
			if len(one.todo) > 0 {
				busy = append(busy, i)
			}
		}
		if len(busy) == 0 {
			return
		}
		i := busy[s.any.IntN(len(busy))]
		a := s.instances[i].todo[0]
		s.instances[i].todo = s.instances[i].todo[1:]
		s.do(i, a)
	}
}

func (s *sharing) step(i int, e PublisherEvent) {
	actions, err := s.instances[i].p.Step(s.now, e)
	if err != nil {
		s.t.Fatal(err)
	}
	s.instances[i].todo = append(s.instances[i].todo, actions...)
}

func (s *sharing) do(i int, a PublisherAction) {
	switch a := a.(type) {
	case KeepSeed:
		s.step(i, SeedKept{a.To, a.Revision})
	case SignAnchor:
		s.claim(i, a.Anchor)
	case Reveal:
		s.reveal(i, a.Value)
	case WatchChain:
		c := s.claims[[2]uint64{uint64(a.To), uint64(a.Revision)}]
		e := ChainWatched{To: a.To, Revision: a.Revision, Nobody: c == nil || c.anchor.X0 == a.X0}
		for k, c := range s.claims {
			if k[0] == uint64(a.To) && k[1] >= uint64(a.Revision) {
				e.Revealed = max(e.Revealed, c.revealed)
			}
		}
		s.step(i, e)
	}
}

func (s *sharing) claim(i int, a Anchor) {
	key := [2]uint64{uint64(a.To), uint64(a.Revision)}
	switch c := s.claims[key]; {
	case c == nil:
		s.claims[key] = &claimed{anchor: a}
	case c.anchor.X0 != a.X0:
		s.step(i, ChainElsewhere{a.To, a.Revision})
		return
	}
	s.step(i, AnchorJournaled{To: a.To, Revision: a.Revision, At: s.now})
}

func (s *sharing) reveal(i int, v Value) {
	for _, c := range s.claims {
		if c.anchor.Covers(v.Slot) && c.anchor.Revision == v.Revision {
			c.revealed = max(c.revealed, v.Slot)
		}
	}
	s.served = append(s.served, i)
}

// TestOneInstanceServes: whichever of several that live reveals the first value reveals all, a
// value a slot, in whatever order they wake; when it dies for good another one takes over and
// reveals all from then on. They do not all start within the last half of anchor_ms: then the
// epoch to come is for all.
func TestOneInstanceServes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSharing(rt, rapid.IntRange(2, 3).Draw(rt, "instances"))
		s.now = schedules["demo"].Start(Slot(rapid.IntRange(0, 24).Draw(rt, "start")))
		run := func(slots int) []int {
			s.served = nil
			for range slots {
				s.slot()
			}
			return s.served
		}
		run(4)
		served := run(rapid.IntRange(60, 90).Draw(rt, "slots"))
		first := served[0]
		if len(served) < 60 || slices.ContainsFunc(served, func(i int) bool { return i != first }) {
			rt.Fatalf("%d values in turns: %v", len(served), served)
		}
		s.instances[first].dead = true
		run(40) // it may have had the next epoch already
		served = run(60)
		if second := served[0]; len(served) != 60 || second == first || slices.ContainsFunc(served, func(i int) bool { return i != second }) {
			rt.Fatalf("after %d has died %d values in turns: %v", first, len(served), served)
		}
	})
}
