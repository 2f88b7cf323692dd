package witness

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestGroundAsTheSenderSeesIt: what the ground leaves of a way may differ by end. A station
// counts what it sees itself, and the clue of a link has what the way's sender sees.
func TestGroundAsTheSenderSeesIt(t *testing.T) {
	v := newVillage(t)
	v.shortReach()
	v.set(3, 4, whole, 300, -600)
	v.set(4, 3, whole, 300, -600)
	w := newWeigher(v.settling(t))
	rank := func(n int) uint32 { return v.rank(w, n) }
	one, other := rank(3), rank(4)
	w.ground.begin()
	asked, seen := newTray(w.ground.asked), newTray(w.ground.answers) // from one end alone
	homes := cellPair{w.ground.home(one), w.ground.home(other)}
	seen.begin().addCells(homes)
	for _, way := range [][2]int{{0, 1}, {2, 5}} {
		seen.add(int64(rank(way[0])), int64(rank(way[1])), -500)
	}
	if err := errors.Join(w.ground.ask(one, other, asked), seen.put(w.ground.drawerOf(homes))); err != nil {
		t.Fatal(err)
	}
	if err := inTurn(asked.empty, seen.empty, w.sortFacts, w.compareWays, w.ground.conclude, w.countFar, w.askNeighbours); err != nil {
		t.Fatal(err)
	}
	for s, want := range map[uint32]int64{one: -100, other: -600} {
		usual, err := w.ground.usualIn(w.drawer(s))
		if err != nil {
			t.Fatal(err)
		}
		u, way := usual[s][one^other^s], &pastWay{beyond: -600, excess: -600}
		if u.seen.left(way) != want || u.back.left(way) != -700-want {
			t.Errorf("as %d sees it %d is left, and %d of what the partner sent", s, u.seen.left(way), u.back.left(way))
		}
	}
	w.elsewhere[one] = whole // so that ways that are alone have a clue
	if err := w.clues(); err != nil {
		t.Fatal(err)
	}
	weights, err := w.out.Weights(t.Context(), 1, all)
	if err != nil {
		t.Fatal(err)
	}
	var values []int64
	for _, c := range weights.own(LinkSubject(v.stations[3], v.stations[4])) {
		if c.Name == ClueBeyond {
			values = append(values, c.Value)
		}
	}
	if slices.Sort(values); len(values) != 2 || values[0] >= w.p.BeyondFull || values[1] != -100 {
		t.Errorf("the ways of the link have %v", values)
	}
}

// TestGroundKeepsTheFirstWays of two cells, in whatever order they come.
func TestGroundKeepsTheFirstWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ways []groundWay
		for i := range rapid.IntRange(0, 4*mostGround).Draw(t, "ways") {
			ways = append(ways, groundWay{near: uint32(i / 3), far: uint32(i), number: int64(i % 3), excess: int64(i)})
		}
		var c groundCells
		for _, w := range rapid.Permutation(ways).Draw(t, "order") {
			c.add(w)
		}
		c.cut()
		if want := ways[:min(len(ways), mostGround)]; !slices.Equal(c.ways, want) {
			t.Fatalf("%d ways of %d, not the first", len(c.ways), len(ways))
		}
	})
}
