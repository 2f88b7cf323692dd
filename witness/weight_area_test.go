package witness

import (
	"testing"

	"hexspot/radio"
)

// twoTowns are ten stations each, 50 km apart.
func twoTowns(t *testing.T) (a *areas, here, there []radio.Station) {
	b := NewLinkBook(DefaultParameters(hexspot1))
	for n := range 20 {
		site := sampleSite(t, byte(1+n), 45.19+0.45*float64(n/10)+0.002*float64(n%10), 5.72)
		s := sampleStation(t, n)
		b.station(s, &site)
		if n < 10 {
			here = append(here, s)
			continue
		}
		there = append(there, s)
	}
	return newAreas(b), here, there
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
		for i, s := range here {
			n := c.others
			if i == 0 {
				n = c.mine
			}
			for k := range n {
				partner := there[k]
				if i > 0 { // not the one that is asked about: that would be its own
					partner = there[9-k]
				}
				a.add(s, partner)
				a.add(s, partner) // the way back
				a.add(partner, s)
			}
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
	s, p := sampleStation(t, 0), sampleStation(t, 1)
	for n, x := range []radio.Station{s, p} {
		site := sampleSite(t, byte(1+n), 45.19+0.45*float64(n), 5.72)
		b.station(x, &site)
	}
	a := newAreas(b)
	a.add(s, p)
	a.add(p, s)
	if a.share(s, p) != 0 || a.share(p, s) != 0 {
		t.Errorf("%d and %d of nobody", a.share(s, p), a.share(p, s))
	}
}
