package web

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func address(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, byte(n >> 8), byte(n)}), 32)
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

var noon = time.Unix(1_000_000_000, 0)

// TestCheapQuestionsPass: of one address, as all behind a proxy are, a cheap question is let in
// before costly ones that came a little before, not before those that came long before.
func TestCheapQuestionsPass(t *testing.T) {
	q := newTurns(1)
	q.wait(address(1), 8, noon.Add(-4*time.Second))
	long := q.wait(address(1), 8, noon.Add(-4*time.Second))
	costly := q.wait(address(1), 8, noon)
	cheap := q.wait(address(1), 4, noon.Add(150*time.Millisecond))
	if q.leave(noon.Add(200 * time.Millisecond)); !long.isLet() {
		t.Error("what came long before is passed")
	}
	if q.leave(noon.Add(200 * time.Millisecond)); !cheap.isLet() || costly.isLet() {
		t.Errorf("cheap %v, costly %v", cheap.isLet(), costly.isLet())
	}
}

// TestCheapQuestionsPassOfWhoRested: it is so too of an address that was not let in of late.
func TestCheapQuestionsPassOfWhoRested(t *testing.T) {
	for name, before := range map[string]time.Duration{"never": 0, "long ago": time.Minute, "a while ago": restTime + time.Second} {
		q := newTurns(1)
		if before > 0 {
			q.wait(address(1), 8, noon.Add(-before))
			q.leave(noon.Add(-before + time.Millisecond))
		}
		q.wait(address(2), 8, noon.Add(-time.Second))
		costly := q.wait(address(1), 8, noon)
		cheap := q.wait(address(1), 4, noon.Add(150*time.Millisecond))
		later := q.wait(address(1), 4, noon.Add(300*time.Millisecond))
		for i, want := range []*turn{cheap, costly, later} {
			if q.leave(noon.Add(400 * time.Millisecond)); !want.isLet() {
				t.Errorf("let in %s: turn %d is of another one", name, i+1)
			}
		}
	}
}

// TestWhoAsksForMuchWaits: a question of somebody else is let in before all but one of those
// that fill an address's connections, whatever it costs.
func TestWhoAsksForMuchWaits(t *testing.T) {
	q := newTurns(1)
	q.wait(address(1), 8, noon)
	var flood []*turn
	for range 63 {
		flood = append(flood, q.wait(address(1), 4, noon))
	}
	now := noon.Add(time.Second)
	q.leave(now)
	other := q.wait(address(2), 20, now)
	q.leave(now)
	if !other.isLet() {
		t.Error("another address waits for a crowd of one")
	}
	if let := slices.DeleteFunc(flood, func(f *turn) bool { return !f.isLet() }); len(let) != 1 {
		t.Errorf("%d of one address were let in before", len(let))
	}
	if q.leave(now); q.room != 0 || len(q.waiting) != 61 {
		t.Error("nobody else waits, and the address is kept out")
	}
}

// TestNothingIsPassedForEver: what costs most has its turn before the gate's patience ends, although
// cheap questions come all the time, twice as many as there is room for: of ever new addresses, while its
// own was let in just now, or of its own.
func TestNothingIsPassedForEver(t *testing.T) {
	for name, who := range map[string]func(n int) netip.Prefix{
		"of new addresses": func(n int) netip.Prefix { return address(2 + n) },
		"of its own":       func(int) netip.Prefix { return address(1) },
	} {
		q := newTurns(1)
		q.wait(address(1), 20, noon)
		costly := q.wait(address(1), 20, noon)
		now := noon
		for n := 0; !costly.isLet(); n += 2 {
			now = now.Add(5 * time.Millisecond)
			q.wait(who(n), 2, now)
			q.wait(who(n+1), 2, now)
			if q.leave(now); now.Sub(noon) > gatePatience {
				t.Fatalf("cheap questions %s pass again and again", name)
			}
		}
	}
}

// TestAddressesThatRestedAreForgotten: none is held longer than it matters, neither of those that were let
// in nor of those that gave up.
func TestAddressesThatRestedAreForgotten(t *testing.T) {
	const each, mostHeld = 10 * time.Millisecond, int((restTime+gatePatience)/(10*time.Millisecond)) + 1
	q := newTurns(1)
	for n := range 20 * mostHeld {
		now := noon.Add(time.Duration(n) * each)
		q.wait(address(2*n), 1, now)
		if q.giveUp(q.wait(address(2*n+1), 1, now)) {
			t.Fatal("two are in one place")
		}
		q.leave(now)
		if len(q.askers) > mostHeld || q.late.Len() != len(q.askers) {
			t.Fatalf("%d addresses are held, %d were let in", len(q.askers), q.late.Len())
		}
	}
	q.wait(address(0), 1, noon.Add(time.Hour))
	if len(q.askers) != 1 {
		t.Errorf("%d addresses are held for an hour", len(q.askers))
	}
}

// TestTurnsOfAll: whoever comes, goes and gives up, as many are in as may be while somebody
// waits, a turn is of an address that rested longest and what is due first of it, and nothing is left in
// the end.
func TestTurnsOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 3).Draw(t, "room")
		q, inside, now := newTurns(room), 0, noon
		var waits []*turn
		leave := func() {
			first, rests := now.Add(time.Hour), map[*turn]time.Time{}
			for _, w := range waits {
				if rests[w] = w.of.rests(); rests[w].Before(first) {
					first = rests[w]
				}
			}
			q.leave(now)
			inside--
			waits = slices.DeleteFunc(waits, func(w *turn) bool {
				if !w.isLet() {
					return false
				}
				if inside++; rests[w].After(first) {
					t.Fatalf("let in, and another address rested longer")
				}
				if slices.ContainsFunc(waits, func(o *turn) bool { return o.of == w.of && o.due.Before(w.due) }) {
					t.Fatalf("let in, and another question of its address was due before")
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
				for _, w := range waits {
					if w.of.first.After(w.came) || q.askers[w.of.who] != w.of {
						t.Fatalf("waits since %v, its address since %v", w.came, w.of.first)
					}
				}
				if inside > room || inside < room && len(waits) > 0 || len(q.waiting) != len(waits) {
					t.Fatalf("%d in %d places, %d wait, %d are queued", inside, room, len(waits), len(q.waiting))
				}
			},
		})
		for inside > 0 {
			leave()
		}
		if q.room != room || len(q.waiting) != 0 {
			t.Fatalf("left: %d places of %d, %d wait", q.room, room, len(q.waiting))
		}
		if q.wait(address(9), 1, now.Add(time.Hour)); len(q.askers) != 1 {
			t.Fatalf("%d addresses are held for an hour", len(q.askers))
		}
	})
}

// TestATurnThatJustCame is not given up: its place would be lost.
func TestATurnThatJustCame(t *testing.T) {
	q := newTurns(1)
	q.wait(address(1), 1, noon)
	mine := q.wait(address(1), 1, noon)
	q.leave(noon)
	if !q.giveUp(mine) {
		t.Error("it was let in, and is told that it was not")
	}
	if q.leave(noon); q.room != 1 {
		t.Errorf("%d places are free", q.room)
	}
}
