package witness

import (
	"testing"

	"hexspot/coverage"
)

// TestGroundAsTheSenderSeesIt: what the ground leaves of a way may differ by end. A station
// counts what it sees itself, and the clue of a link has what the way's sender sees.
func TestGroundAsTheSenderSeesIt(t *testing.T) {
	v := newVillage(t)
	v.shortReach()
	v.set(3, 4, whole, 300, -600)
	v.set(4, 3, whole, 300, -600)
	w := newWeigher(v.settling(t))
	for _, stage := range [...]func() error{w.sortFacts, w.sumUp, w.sumSent, w.lookBeside, w.lookGround} {
		if err := stage(); err != nil {
			t.Fatal(err)
		}
	}
	rank := func(n int) uint32 { return w.rank[v.book.number(v.stations[n])] }
	one, other := rank(3), rank(4)
	w.ground.ways = map[[2]coverage.Hex][]groundWay{ // seen from one end alone
		{w.ground.home(one), w.ground.home(other)}: {{rank(0), rank(1), -500}, {rank(2), rank(5), -500}},
	}
	if err := w.lookFar(); err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]pairFact{}
	err := w.eachStation(func(s uint32, _ []wayFact, pairs []pairFact) error {
		for _, p := range pairs {
			if min(s, p.partner) == min(one, other) && max(s, p.partner) == max(one, other) {
				seen[s] = p
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a, b := seen[one], seen[other]
	if a.left[0] != -100 || a.left[1] != -100 || b.left[0] >= w.p.BeyondFull || b.left[1] >= w.p.BeyondFull {
		t.Errorf("left are %v and %v", a.left, b.left)
	}
	if a.back != b.left[0] || b.back != a.left[0] {
		t.Errorf("of what the partner sent %d and %d, not %v and %v", a.back, b.back, b.left, a.left)
	}
}
