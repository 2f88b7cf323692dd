package witness

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
)

// upperTail is that of the normal distribution.
func upperTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// TestSilentCostsAreLogarithms works the table out, and what lies between its rows.
func TestSilentCostsAreLogarithms(t *testing.T) {
	for i, got := range silentCosts {
		z := float64(i)/4 - 3
		if want := math.Round(-1000 * math.Log(0.9*upperTail(z)+0.05)); got != int64(want) {
			t.Errorf("at %v: %d, want %v", z, got, want)
		}
	}
	for margin, want := range map[int64]int64{-9_000: 53, -3_000: 53, 0: 693, 125: 791, 250: 889, 3_000: 2_972, 9_000: 2_972} {
		if got := silentCost(margin); got != want {
			t.Errorf("margin %d: %d, want %d", margin, got, want)
		}
	}
}

// TestCostOfALoss is half of a square, up to what one partner may cost.
func TestCostOfALoss(t *testing.T) {
	for off, want := range map[int64]int64{0: 0, 1_000: 500, -1_000: 500, 2_000: 2_000, 2_646: 3_500, 90_000: 3_500} {
		o := other{heard: true, loss: 12_000}
		if got := o.cost(12_000 + off); got != want {
			t.Errorf("%d off: %d, want %d", off, got, want)
		}
	}
}

// TestConstantsOfLoss works them out.
func TestConstantsOfLoss(t *testing.T) {
	if got := int64(freeSpaceLoss(lossFrom, midBand, lossOffset) / centidB); got != lossAtFrom {
		t.Errorf("free space has %d", got)
	}
	if from, beside := shortLog(uint64(lossFrom)), shortLog(uint64(besideSite)); from != lossFromLog || beside-from != besideOctaves {
		t.Errorf("logarithms %d, %d", from, beside-from)
	}
}

func TestShortLogIsALogarithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64Min(1).Draw(t, "v")
		if got, want := shortLog(v), int64(log2(v)>>(32-octavePlaces)); got != want {
			t.Errorf("%d: %d, want %d", v, got, want)
		}
	})
}

// TestExpectedLossIsThatOfAnExponent compares with floating point.
func TestExpectedLossIsThatOfAnExponent(t *testing.T) {
	for a := range uint8(exponents) {
		for b := range uint8(exponents) {
			for _, octaves := range []float64{0, 1, 4.5, 9} {
				exponent := 2 + float64(a+b)/4
				want := 7_121 + 1_600 + 1_000*exponent*math.Log10(2)*octaves
				if got := expectedLoss(a, b, int64(octaves*1024)); math.Abs(float64(got)-want) > 3 {
					t.Errorf("%d %d, %v octaves: %d, want %.0f", a, b, octaves, got, want)
				}
			}
		}
	}
}

// district is a town of stations on ground of one exponent, each heard as far as a limit goes.
type district struct {
	*terrain
	true []coverage.Position // where they stand
	over uint8               // which exponent
	bad  []int64             // by how much more a site loses
}

const districtLimit = 13_000

// newDistrict has 30 stations, closer to each other where loss grows faster.
func newDistrict(t *testing.T, over uint8) *district {
	b := NewLinkBook(DefaultParameters(hexspot1))
	apart := 0.011 / (1 + 0.5*float64(over))
	for n := range 30 {
		site := sampleSite(t, byte(1+n), 45.19+apart*float64(n%6), 5.72+1.4*apart*float64(n/6))
		b.station(sampleStation(t, n), &site)
	}
	s, err := b.settling(crew{t.Context(), 1}, LinkState{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := &district{terrain: s.newTerrain(), over: over, true: make([]coverage.Position, len(s.by)), bad: make([]int64, len(s.by))}
	for n := range d.limits {
		d.limits[n] = districtLimit
		d.true[n] = s.days[n].site.Position
	}
	return d
}

// heard is what a station hears: the shadows are of 6 dB, by turns.
func (d *district) heard(s uint32) (list []pairLoss) {
	for n := range d.true {
		octaves, _ := octavesOver(d.true[s], d.true[n])
		shadow := int64((n*7+int(s)*7)%5-2) * 425
		loss := expectedLoss(d.over, d.over, octaves) + shadow + d.bad[s] + d.bad[n]
		if uint32(n) != s && loss < districtLimit {
			list = append(list, pairLoss{uint32(n), 40, loss})
		}
	}
	return list
}

func (d *district) survey() {
	for s := range d.true {
		d.add(uint32(s), d.heard(uint32(s)))
	}
	d.conclude()
}

// likelier is by how much another place is likelier for a station.
func (d *district) other(t *testing.T, s uint32) (int64, bool) {
	t.Helper()
	w := &weigher{settling: &settling{p: d.p, days: d.days}, terrain: d.terrain}
	list := d.heard(s)
	places := w.otherPlaces(s, list)
	return d.likelier(s, places, d.others(s, list)), len(places) > 0
}

// TestTerrainIsWhatStationsHear finds the exponent that a district was made with.
func TestTerrainIsWhatStationsHear(t *testing.T) {
	for over := range uint8(exponents) {
		d := newDistrict(t, over)
		d.survey()
		for s, got := range d.of {
			if got != over {
				t.Fatalf("exponent %d around station %d, want %d", got, s, over)
			}
		}
	}
}

// TestWhoStandsElsewhere moves a station's published place, on any ground.
func TestWhoStandsElsewhere(t *testing.T) {
	for over := range uint8(exponents) {
		d := newDistrict(t, over)
		d.survey()
		if got, ok := d.other(t, 14); ok || got != 0 {
			t.Errorf("ground %d: an honest station in the middle has another place: %d", over, got)
		}
		for _, c := range []struct {
			north float64
			least int64
		}{{0.15, 4_000}, {0.3, 7_000}} {
			d.days[14].site = sampleSite(t, 15, 45.19+c.north, 5.72)
			if got, ok := d.other(t, 14); !ok || got < c.least {
				t.Errorf("ground %d: published %v degrees off: %d, want %d and more", over, c.north, got, c.least)
			}
		}
	}
}

// TestABadSiteIsNoOtherPlace has a station that hears little because of what stands around it,
// and something far away very well: that it would hear as little from there does not tell.
func TestABadSiteIsNoOtherPlace(t *testing.T) {
	d := newDistrict(t, 1)
	far := uint32(len(d.true) - 1)
	d.days[far].site = sampleSite(t, 99, 45.6, 5.72)
	d.survey()
	d.bad[14], d.bad[far] = 2_000, -5_000
	if got, ok := d.other(t, 14); !ok || got != 0 {
		t.Errorf("%d, %v", got, ok)
	}
}

// TestOtherPlaceAsksForPairs has no figure of a station with few of them.
func TestOtherPlaceAsksForPairs(t *testing.T) {
	for n, want := range map[int]bool{4: false, 5: true} {
		v := newVillage(t)
		badLinks[ClueOther](v)
		v.keepPartners(n)
		if got := clueNamed(v.weigh(), v.stations[0], ClueOther); (got != nil) != want {
			t.Errorf("%d pairs: %+v", n, got)
		}
	}
}

// TestOtherPlaceIsNoMatterOfHands weighs by some goroutines.
func TestOtherPlaceIsNoMatterOfHands(t *testing.T) {
	var want []byte
	for _, hands := range []int{1, 2, 5, 16} {
		v := newVillage(t)
		badLinks[ClueOther](v)
		s := v.settling(t)
		s.workers = hands
		links, err := s.weigh()
		if err != nil {
			t.Fatal(err)
		}
		w, err := links.Weights(t.Context(), hands, all)
		if err != nil {
			t.Fatal(err)
		}
		got := w.AppendText(nil)
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d hands weigh differently", hands)
		}
	}
	if !bytes.Contains(want, []byte(ClueOther)) {
		t.Error("there is no such clue")
	}
}

// TestOtherPlaceIsOffInOldParameters has a file that knows nothing of it.
func TestOtherPlaceIsOffInOldParameters(t *testing.T) {
	v := newVillage(t)
	badLinks[ClueOther](v)
	v.book.p.PlaceNone, v.book.p.PlaceFull, v.book.p.PlaceMove = 0, 0, 0
	if got := clueNamed(v.weigh(), v.stations[0], ClueOther); got != nil {
		t.Errorf("%+v", got)
	}
}

// TestGroundIsLookedAtForOtherPlaceAlone: where the clue is off nothing is made for it.
func TestGroundIsLookedAtForOtherPlaceAlone(t *testing.T) {
	for _, on := range []bool{true, false} {
		v := newVillage(t)
		if !on {
			v.book.p.PlaceNone = 0
		}
		w := newWeigher(v.settling(t))
		if err := w.sortFacts(); err != nil {
			t.Fatal(err)
		}
		if got := slices.ContainsFunc(w.terrain.limits, func(n int64) bool { return n != 0 }); got != on {
			t.Errorf("on %v: limits %v", on, w.terrain.limits)
		}
	}
}

// TestNearerIsOverThoseInReachOfBoth leaves out who is silent, and who is out of reach of either place.
func TestNearerIsOverThoseInReachOfBoth(t *testing.T) {
	heard, silent := other{heard: true}, other{}
	for _, c := range []struct {
		there, here []int64
		others      []other
		want        bool
	}{
		{[]int64{4_000}, []int64{5_000}, []other{heard}, true},
		{[]int64{5_000}, []int64{5_000}, []other{heard}, false},
		{[]int64{4_000}, []int64{5_000}, []other{silent}, false},
		{[]int64{6_000, 3_000}, []int64{5_000, 5_000}, []other{heard, silent}, false},
		{[]int64{6_000, -1}, []int64{5_000, 3_000}, []other{heard, heard}, false},
		{[]int64{4_000, 3_000}, []int64{5_000, -1}, []other{heard, heard}, true},
		{[]int64{-1}, []int64{-1}, []other{heard}, false},
	} {
		if got := isNearer(c.there, c.here, c.others); got != c.want {
			t.Errorf("there %d, here %d of %+v: %v", c.there, c.here, c.others, got)
		}
	}
}

// TestOthersAreBounded has a cell with very many.
func TestOthersAreBounded(t *testing.T) {
	b := NewLinkBook(DefaultParameters(hexspot1))
	for n := range 500 {
		site := sampleSite(t, byte(1+n%250), 45.19, 5.72)
		if n >= 200 { // farther away than stations of one building are
			site = sampleSite(t, byte(1+n%250), 46.19, 5.72)
		}
		b.station(sampleStation(t, n), &site)
	}
	s, err := b.settling(crew{t.Context(), 1}, LinkState{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	terrain := s.newTerrain()
	if got := len(terrain.first([]coverage.Hex{terrain.home(0)})); got != mostOfCell {
		t.Errorf("%d stations of a cell", got)
	}
	var everybody []uint32
	for n := range terrain.limits {
		terrain.limits[n] = districtLimit
		everybody = append(everybody, uint32(n))
	}
	everybody = append(everybody, uint32(len(terrain.limits))) // whoever looks at it fails
	if got := len(terrain.meetAll(0, everybody, nil)); got != mostOthers {
		t.Errorf("%d others", got)
	}
}
