package web

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func address(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), 32)
}

// isLet says whether a turn has come.
func (t *turn) isLet() bool {
	select {
	case <-t.let:
		return true
	default:
		return false
	}
}

// TestCheapQuestionsPass: a cheap question is let in before costly ones that came a little
// before, also from the same address, as behind a proxy all are; not before those that came long
// before.
func TestCheapQuestionsPass(t *testing.T) {
	now := time.Unix(1_000_000_000, 0)
	for name, who := range map[string]int{"others'": 2, "of the same address": 1} {
		q := newTurns(1)
		if q.wait(address(1), 32, now) != nil {
			t.Fatal("a place is free, and one has to wait")
		}
		long := q.wait(address(1), 32, now.Add(-time.Second))
		costly := q.wait(address(1), 32, now)
		q.leave() // the first one
		cheap := q.wait(address(who), 4, now.Add(50*time.Millisecond))
		q.leave()
		if !long.isLet() || !cheap.isLet() || costly.isLet() {
			t.Errorf("%s: long before %v, cheap %v, costly %v", name, long.isLet(), cheap.isLet(), costly.isLet())
		}
	}
}

// TestWhoAsksForMuchWaits: one question of somebody else is let in before all but the first few
// that fill an address's connections.
func TestWhoAsksForMuchWaits(t *testing.T) {
	now := time.Unix(1_000_000_000, 0)
	q := newTurns(1)
	q.wait(address(1), 8, now)
	var flood []*turn
	for range 63 {
		flood = append(flood, q.wait(address(1), 8, now))
	}
	other := q.wait(address(2), 8, now.Add(100*time.Millisecond))
	for !other.isLet() {
		q.leave()
	}
	before := 0
	for _, f := range flood {
		if f.isLet() {
			before++
		}
	}
	if before > 2 {
		t.Errorf("%d of 63 questions of one address came before another's", before)
	}
	if q.leave(); !slices.ContainsFunc(flood, (*turn).isLet) {
		t.Error("nobody else waits, and the address is kept out")
	}
}

// TestNothingIsPassedForEver: what costs most is let in although cheap questions of ever new
// addresses come all the time, more than there is room for.
func TestNothingIsPassedForEver(t *testing.T) {
	now := time.Unix(1_000_000_000, 0)
	q := newTurns(1)
	q.wait(address(1), 1, now)
	costly := q.wait(address(1), 40, now)
	for n := 0; !costly.isLet(); n++ {
		now = now.Add(time.Millisecond)
		q.wait(address(2+n%2), 2, now)
		q.wait(address(4+n%2), 2, now)
		if q.leave(); n > 1000 {
			t.Fatal("it is passed again and again")
		}
	}
}

// TestTurnsInOrder: whoever comes, goes and gives up, as many are in as may be while somebody
// waits, turns come in their order, and nothing is left in the end.
func TestTurnsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 3).Draw(t, "room")
		q, inside, now := newTurns(room), 0, time.Unix(1_000_000_000, 0)
		var waits []*turn
		leave := func() {
			before := slices.MinFunc(append(waits, &turn{due: now.Add(time.Hour)}), func(a, b *turn) int { return a.due.Compare(b.due) })
			q.leave()
			inside--
			waits = slices.DeleteFunc(waits, func(w *turn) bool {
				if !w.isLet() {
					return false
				}
				if inside++; w.due.After(before.due) {
					t.Fatalf("let in at %v, due at %v", w.due, before.due)
				}
				return true
			})
		}
		t.Repeat(map[string]func(*rapid.T){
			"come": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "later")) * time.Millisecond)
				w := q.wait(address(rapid.IntRange(1, 3).Draw(t, "who")), rapid.IntRange(1, 40).Draw(t, "price"), now)
				if w == nil {
					inside++
				} else {
					waits = append(waits, w)
				}
			},
			"leave": func(t *rapid.T) {
				if inside == 0 {
					t.Skip("nobody is in")
				}
				leave()
			},
			"give up": func(t *rapid.T) {
				if len(waits) == 0 {
					t.Skip("nobody waits")
				}
				i := rapid.IntRange(0, len(waits)-1).Draw(t, "which")
				if q.giveUp(waits[i]) {
					t.Fatal("it was not let in, and goes on")
				}
				waits = slices.Delete(waits, i, i+1)
			},
			"": func(t *rapid.T) {
				if inside > room || inside < room && len(waits) > 0 || len(q.queue) != len(waits) {
					t.Fatalf("%d in %d places, %d wait, %d are queued", inside, room, len(waits), len(q.queue))
				}
			},
		})
		for inside > 0 {
			leave()
		}
		if q.room != room || len(q.queue) != 0 || len(q.backlog) != 0 {
			t.Fatalf("left: %d places of %d, %d wait, %v", q.room, room, len(q.queue), q.backlog)
		}
	})
}

// TestATurnThatJustCame is not given up: its place would be lost.
func TestATurnThatJustCame(t *testing.T) {
	q := newTurns(1)
	now := time.Unix(1_000_000_000, 0)
	q.wait(address(1), 1, now)
	mine := q.wait(address(1), 1, now)
	q.leave()
	if !q.giveUp(mine) {
		t.Error("it was let in, and is told that it was not")
	}
	if q.leave(); q.room != 1 {
		t.Errorf("%d places are free", q.room)
	}
}
