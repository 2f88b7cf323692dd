package witness

import (
	"testing"
)

// areasOf are those of the stations of a book, which have numbers in the order of their ids.
func areasOf(t *testing.T, b *LinkBook) (*settling, *areas) {
	t.Helper()
	s, err := b.settling(crew{t.Context(), 1}, LinkState{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, s.newAreas()
}

// twoTowns are ten stations each, 50 km apart.
func twoTowns(t *testing.T) (a *areas, here, there []uint32) {
	b := NewLinkBook(DefaultParameters(hexspot1))
	for n := range 20 {
		site := sampleSite(t, byte(1+n), 45.19+0.45*float64(n/10)+0.002*float64(n%10), 5.72)
		b.station(sampleStation(t, n), &site)
	}
	s, a := areasOf(t, b)
	for n := range 20 {
		if rank := s.rank[n]; n < 10 {
			here = append(here, rank)
		} else {
			there = append(there, rank)
		}
	}
	return a, here, there
}

// TestShareOfAnArea: what a station has in another town counts by how many there it has
// ways with, and by how much more than its neighbours.
func TestShareOfAnArea(t *testing.T) {
	for _, c := range []struct {
		name         string
		mine, others int // partners there, of the first station and of each of its neighbours
		want, back   int64
	}{
		{"something of its own there", 6, 0, 4_545, 0}, // 5 of 9 and 2
		{"one or two by chance", 2, 0, 0, 0},
		{"three by chance", 3, 0, 1_818, 0},
		{"open ground", 6, 6, 0, 0},
		{"neighbours that hear one", 6, 1, 909, 0}, // 5 - 4 * 1
	} {
		a, here, there := twoTowns(t)
		seen := map[uint32][]uint32{}
		for i, s := range here {
			n := c.others
			if i == 0 {
				n = c.mine
			}
			far := there[:n]
			if i > 0 { // not the one that is asked about: that would be its own
				far = there[10-n:]
			}
			a.add(s, far)
			for _, partner := range far {
				seen[partner] = append(seen[partner], s)
			}
		}
		for partner, list := range seen {
			a.add(partner, list)
		}
		if got := a.share(here[0], there[0]); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if got := a.share(there[0], here[0]); got != c.back {
			t.Errorf("%s: %d from the other end, want %d", c.name, got, c.back)
		}
	}
}

// TestAreaWithoutOthers has nobody around either end.
func TestAreaWithoutOthers(t *testing.T) {
	b := NewLinkBook(DefaultParameters(hexspot1))
	for n := range 2 {
		site := sampleSite(t, byte(1+n), 45.19+0.45*float64(n), 5.72)
		b.station(sampleStation(t, n), &site)
	}
	_, a := areasOf(t, b)
	a.add(0, []uint32{1})
	a.add(1, []uint32{0})
	if a.share(0, 1) != 0 || a.share(1, 0) != 0 {
		t.Errorf("%d and %d of nobody", a.share(0, 1), a.share(1, 0))
	}
}
