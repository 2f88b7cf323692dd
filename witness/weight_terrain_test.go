package witness

import (
	"testing"

	"hexspot/coverage"
)

// TestMeets has a station and another one that differ in one thing from two that meet.
func TestMeets(t *testing.T) {
	const near, far = 0.002, 0.2 // degrees: 220 m, 22 km
	for name, c := range map[string]struct {
		north  float64
		change func(tr *terrain)
		list   []pairLoss
		want   other // none: they do not meet
	}{
		"silent":            {north: far, want: other{station: 1, limit: 12_000}},
		"heard":             {north: far, list: []pairLoss{{0, 5, 9_000}, {1, 40, 11_000}}, want: other{station: 1, limit: 12_000, loss: 11_000, heard: true}},
		"the lesser limit":  {north: far, change: func(tr *terrain) { tr.limits[0] = 11_500 }, want: other{station: 1, limit: 11_500}},
		"one owner":         {north: far, change: func(tr *terrain) { tr.days[1].site.Owner = tr.days[0].site.Owner }},
		"two plans":         {north: far, change: func(tr *terrain) { tr.days[1].site.Plan = "US915" }},
		"no limit":          {north: far, change: func(tr *terrain) { tr.limits[0] = 0 }},
		"no limit of it":    {north: far, change: func(tr *terrain) { tr.limits[1] = 0 }},
		"one roof":          {north: near},
		"no least distance": {north: near, change: func(tr *terrain) { tr.p.MinDistance = 0 }, want: other{station: 1, limit: 12_000}},
		"just too near":     {north: 0.02, change: func(tr *terrain) { tr.p.MinDistance = int64(tr.gap()) + 1 }},
		"just far enough":   {north: 0.02, change: func(tr *terrain) { tr.p.MinDistance = int64(tr.gap()) }, want: other{station: 1, limit: 12_000}},
	} {
		tr := twoOnATerrain(t, c.north)
		if c.change != nil {
			c.change(tr)
		}
		if got, ok := tr.meets(0, 1, c.list); got != c.want || ok != (c.want != other{}) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, ok, c.want)
		}
		if got, ok := tr.meets(0, 0, c.list); ok {
			t.Errorf("%s: a station meets itself: %+v", name, got)
		}
	}
}

// twoOnATerrain has two stations of two owners, the second further north.
func twoOnATerrain(t *testing.T, north float64) *terrain {
	t.Helper()
	b := NewLinkBook(DefaultParameters(hexspot1))
	for n := range 2 {
		site := sampleSite(t, byte(1+n), 45.19+north*float64(n), 5.72)
		b.station(sampleStation(t, n), &site)
	}
	s, err := b.settling(crew{t.Context(), 1}, LinkState{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tr := s.newTerrain()
	tr.limits[0], tr.limits[1] = 13_000, 12_000
	return tr
}

// gap is that of the two.
func (t *terrain) gap() coverage.Millimetres { return linkOf(&t.days[0].site, &t.days[1].site).gap }

// TestLimitLeavesOutATenth, counts pairs of enough reports alone, and has none of few.
func TestLimitLeavesOutATenth(t *testing.T) {
	for _, c := range []struct {
		pairs, weak int
		want        int64
	}{{0, 0, 0}, {2, 9, 0}, {3, 0, 103}, {3, 9, 103}, {9, 0, 109}, {10, 0, 109}, {19, 0, 118}, {20, 2, 118}, {30, 0, 127}} {
		var list []pairLoss
		for n := c.pairs; n > 0; n-- {
			list = append(list, pairLoss{uint32(n), 12, int64(100 + n)})
		}
		for n := range c.weak {
			list = append(list, pairLoss{uint32(99 + n), 11, 900})
		}
		tr := terrain{limits: make([]int64, 2)}
		if tr.limit(1, list, 12); tr.limits[1] != c.want || tr.limits[0] != 0 {
			t.Errorf("%d pairs, %d with few reports: limits %d, want %d", c.pairs, c.weak, tr.limits, c.want)
		}
	}
}
