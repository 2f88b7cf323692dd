package witness

import (
	"io"
	"sync/atomic"
	"testing"
)

// inTown is how many stations each of farTowns has.
const inTown = 7

// farTowns are two towns 40 km apart, each over some cells. In them all is as usual; between them
// the ground carries, so that a way there is past reach and too good, and so are all others. Each kind
// of entry is in the state that they begin with.
func farTowns(t testing.TB) *village {
	t.Helper()
	var places [][2]float64
	for _, latitude := range [...]float64{47, 47.36} {
		for n := range inTown {
			places = append(places, [2]float64{latitude + 0.01*float64(n%3), 8 + 0.015*float64(n/3)})
		}
	}
	v := villageAt(t, 20, places)
	v.book.p = quick()
	for from, a := range v.stations {
		for to, b := range v.stations {
			if sameTown(from, to) {
				v.set(from, to, whole, 300, 2_000)
				v.state.Near[Way{a, b}] = [2]NearSums{{Asked: 4, Answered: 3}, {Asked: 1}}
			} else {
				v.set(from, to, whole, 300, 0)
			}
		}
	}
	pair, _ := twinsOf(v.stations[0], v.stations[1])
	v.state.Twins[pair] = [2]TwinSums{{Frames: 50, Apart: 50 * 40, ApartApart: 50 * 1_600}, {}}
	v.state.Shown = map[Way][2]int64{{v.stations[2], v.stations[2]}: {3, 0}, {v.stations[2], v.stations[3]}: {0, 2}}
	return v
}

func sameTown(a, b int) bool { return a != b && a/inTown == b/inTown }

// live has all stations send, and hear those of their town, in the epoch of a book.
func (v *village) live(b *LinkBook) {
	for n, s := range v.stations {
		day := b.station(s, &v.day(n).site)
		day.sent = append(day.sent, emissionIn(3, 0, -1_500))
		day.awake.add(3)
		day.noises, day.noise = 1, -12_000
	}
	for from, a := range v.stations {
		for to, c := range v.stations {
			if sameTown(from, to) {
				b.say(saidHeard, b.number(a), b.number(c), 3, 0, -9_000)
			}
		}
	}
	pair, _ := twinsOf(v.stations[4], v.stations[5])
	b.say(saidTwins, b.number(pair.A), b.number(pair.B), 120)
	b.Show(Way{v.stations[3], v.stations[3]}, 5)
}

// cabinet has all shelves of a book, one of which may be broken.
type cabinet struct {
	shelves []*frail
	broken  int // its number; none: no shelf has it
	frail
}

// frail is a shelf that may fail at a put, or keep back what is at the end of its drawers.
type frail struct {
	memoryShelf
	puts  atomic.Int64
	fails int64 // at which put, from 1; 0: it does not
	cut   int64 // bytes
}

// none is the number of no shelf.
const none = -1

func (c *cabinet) shelf() Shelf {
	f := &frail{}
	if len(c.shelves) == c.broken {
		f.fails, f.cut = c.fails, c.cut
	}
	c.shelves = append(c.shelves, f)
	return f
}

// check fails the test if there is a shelf that nothing was put on: it would try nothing.
func (c *cabinet) check(t testing.TB) {
	t.Helper()
	for n, s := range c.shelves {
		if s.puts.Load() == 0 {
			t.Fatalf("shelf %d of %d stays empty", n, len(c.shelves))
		}
	}
}

func (f *frail) Put(drawer int, item []byte) error {
	if n := f.puts.Add(1); f.fails > 0 && n >= f.fails {
		return errShelf
	}
	return f.memoryShelf.Put(drawer, item)
}

func (f *frail) Open(drawer int) (io.Reader, int64) {
	from, size := f.memoryShelf.Open(drawer)
	return io.LimitReader(from, max(0, size-f.cut)), size
}
