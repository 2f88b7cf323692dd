package witness

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
)

// crowd is how many stations each of two crowds has, of which most stand in one cell.
const crowd = 24

// twoCrowds hear each other, all of them, and not their own.
func twoCrowds(t testing.TB) *village {
	t.Helper()
	var places [][2]float64
	for n := range 2 * crowd {
		latitude := 47 + 0.36*float64(n/crowd)
		if n%crowd < crowd/4 {
			places = append(places, [2]float64{latitude + 0.008*float64(n%4), 8 + 0.008*float64(n%3)})
		} else {
			places = append(places, [2]float64{latitude + 0.00002*float64(n%crowd), 8})
		}
	}
	v := villageAt(t, 0, places)
	for from := range v.stations {
		for to := range v.stations {
			if from/crowd != to/crowd {
				v.set(from, to, whole, 300, int64(100*(from%7)+10*(to%5)))
			}
		}
	}
	return v
}

// groundOf has ways of a village's, and questions of stations about others.
func groundOf(t *testing.T, v *village, most int64, asks func(s, partner uint32) bool) (*weigher, [][2]uint32) {
	t.Helper()
	w := newWeigher(v.settling(t))
	w.p.GroundShare, w.ground.most = 1, most
	w.ground.begin()
	asked := newTray(w.ground.asked)
	var questions [][2]uint32
	err := w.sortFacts()
	for a := range v.stations {
		for b := range v.stations {
			s, partner := v.rank(w, a), v.rank(w, b)
			if a/crowd == b/crowd || !asks(s, partner) {
				continue
			}
			questions = append(questions, [2]uint32{s, partner})
			err = cmp.Or(err, w.ground.ask(s, partner, asked))
		}
	}
	if err := cmp.Or(err, inTurn(asked.empty, w.ground.wantAll, w.takeWays, w.ground.answerAll, w.ground.conclude)); err != nil {
		t.Fatal(err)
	}
	return w, questions
}

// plainGround works out what is usual question by question, from all ways.
func plainGround(t *testing.T, w *weigher, questions [][2]uint32) map[[2]uint32]int64 {
	t.Helper()
	ways := map[[2]coverage.Hex][]groundWay{}
	w.workers = 1
	err := w.eachStation(func() (func(*ofStation) error, func() error) {
		return func(k *ofStation) error {
			for i, f := range k.facts {
				cells := [2]coverage.Hex{w.ground.home(k.station), w.ground.home(f.partner)}
				ways[cells] = append(ways[cells], groundWay{k.station, f.partner, int64(i), f.excess})
			}
			return nil
		}, func() error { return nil }
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range ways {
		slices.SortFunc(list, func(a, b groundWay) int { return cmp.Or(cmp.Compare(a.near, b.near), cmp.Compare(a.number, b.number)) })
	}
	usual := map[[2]uint32]int64{}
	for _, q := range questions {
		var list []groundWay
		for _, a := range diskOf(w.days[q[0]]) {
			for _, b := range diskOf(w.days[q[1]]) {
				between := ways[[2]coverage.Hex{a, b}]
				list = append(list, between[:min(len(between), mostGround)]...)
			}
		}
		if value, ok := w.ground.excess(q[0], q[1], list, w.p.GroundShare); ok {
			usual[q] = value
		}
	}
	return usual
}

// seen is what is usual for all who ask.
func (g *ground) seen(t *testing.T) map[[2]uint32]int64 {
	t.Helper()
	all := map[[2]uint32]int64{}
	for drawer := range Drawers {
		usual, err := g.usualIn(drawer)
		if err != nil {
			t.Fatal(err)
		}
		for s, of := range usual {
			for partner, u := range of {
				if u.seen.known {
					all[[2]uint32{s, partner}] = u.seen.value
				}
			}
		}
	}
	return all
}

func sizeOf(s Shelf) (size int64) {
	for drawer := range Drawers {
		_, n := s.Open(drawer)
		size += n
	}
	return size
}

// oneDrawer has everything of a shelf in its first drawer, as if all hashes began alike.
func oneDrawer(t *testing.T, s Shelf) Shelf {
	t.Helper()
	all := inMemory()
	for drawer := range Drawers {
		from, _ := s.Open(drawer)
		b, err := io.ReadAll(from)
		if err = cmp.Or(err, all.Put(0, b)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// held is how many ways are in memory at a time at most where the questions of a drawer are
// answered, and how many of it answer one of them at most.
func (g *ground) held(t *testing.T) (most, one, ranges int) {
	t.Helper()
	err := g.eachRange(0, func(in slotRange) error {
		ways, err := g.answersIn(0, in)
		held := 0
		for _, list := range ways {
			held += len(list)
			one = max(one, len(list))
		}
		most = max(most, held)
		ranges++
		return err
	}, g.answers)
	if err != nil {
		t.Fatal(err)
	}
	return most, one, ranges
}

// TestACrowdAsksForTheSameWays: thousands of questions between a few cells are answered as one by
// one, and neither what is laid down nor what is in memory grows with them.
func TestACrowdAsksForTheSameWays(t *testing.T) {
	v := twoCrowds(t)
	const most = 1 << 10
	w, questions := groundOf(t, v, most, func(uint32, uint32) bool { return true })
	want := plainGround(t, w, questions)
	if got := w.ground.seen(t); len(want) < crowd*crowd || !maps.Equal(got, want) {
		t.Errorf("%d answers, %d one by one", len(got), len(want))
	}
	if whole, _ := groundOf(t, v, mostOfDrawer, func(uint32, uint32) bool { return true }); !maps.Equal(whole.ground.seen(t), want) {
		t.Error("drawers at once give something else than in ranges")
	}
	if size := sizeOf(w.ground.asked); size < 20*most {
		t.Fatalf("%d bytes of questions are not many", size)
	}

	homes := map[cellPair]bool{}
	one, few := groundOf(t, v, most, func(s, partner uint32) bool {
		of := cellPair{w.ground.home(s), w.ground.home(partner)}
		first := !homes[of]
		homes[of] = true
		return first
	})
	if 10*len(few) > len(questions) {
		t.Fatalf("%d of %d questions are not few", len(few), len(questions))
	}
	for name, shelves := range map[string][2]Shelf{
		"pairs of cells": {one.ground.wanted, w.ground.wanted}, "ways": {one.ground.ways, w.ground.ways}, "answers": {one.ground.answers, w.ground.answers},
	} {
		if a, b := sizeOf(shelves[0]), sizeOf(shelves[1]); a == 0 || a != b {
			t.Errorf("%s: %d bytes of %d questions, %d of %d", name, a, len(few), b, len(questions))
		}
	}
	const wayBytes = 3 // at least
	w.ground.answers, w.ground.most = oneDrawer(t, w.ground.answers), 1<<12
	if size := sizeOf(w.ground.answers); size < 10*w.ground.most {
		t.Fatalf("%d bytes of answers are not many", size)
	}
	held, longest, ranges := w.ground.held(t)
	if limit := max(longest, int(w.ground.most)/wayBytes); held > limit || longest > 7*7*mostGround || ranges < 10 {
		t.Errorf("%d ways are in memory at a time, in %d ranges; what answers one question are %d, what is read at a time %d", held, ranges, longest, limit)
	}
	if err := w.ground.usual.Clear(); err != nil {
		t.Fatal(err)
	}
	w.ground.asked = oneDrawer(t, w.ground.asked)
	if err := w.ground.conclude(); err != nil || !maps.Equal(w.ground.seen(t), want) {
		t.Errorf("a drawer in %d ranges gives something else: %v", ranges, err)
	}
}

// TestADrawerIsReadInRanges: each item is in one of them, and a range has no more bytes than are
// read at a time unless it is a single slot.
func TestADrawerIsReadInRanges(t *testing.T) {
	s, err := NewLinkBook(quick()).settling(crew{t.Context(), 1}, LinkState{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		g := s.survey()
		g.most = rapid.Int64Range(1, 4_000).Draw(t, "most")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shelves, put := [2]Shelf{inMemory(), inMemory()}, 0
		var i item
		for range rapid.IntRange(0, 600).Draw(t, "items") {
			i.begin().addCells(cellPair{coverage.Hex(random.IntN(40)), coverage.Hex(random.IntN(40))}).add(int64(put))
			if err := shelves[random.IntN(2)].Put(9, i.end()); err != nil {
				t.Fatal(err)
			}
			put++
		}
		given := map[int64]bool{}
		err := g.eachRange(9, func(in slotRange) error {
			size := int64(0)
			for _, s := range shelves {
				err := g.eachIn(s, 9, in, func(of cellPair, f *itemFields) error {
					size += int64(len(i.begin().addCells(of).b) + len(f.rest))
					n := f.next()
					if given[n] {
						return errors.New("an item is given twice")
					}
					given[n] = true
					return nil
				})
				if err != nil {
					return err
				}
			}
			if size > g.most && in.to-in.from > 1 || size == 0 {
				return errors.New("a range is too large, or has nothing")
			}
			return nil
		}, shelves[0], shelves[1])
		if err != nil || len(given) != put {
			t.Fatalf("%d of %d items, %v", len(given), put, err)
		}
	})
}
