package witness

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"hexspot/radio"
)

// village is eight stations of eight owners that hear each other well, with loss that
// grows with distance as in free space, and 20 dB more.
type village struct {
	t        testing.TB
	book     *LinkBook
	state    LinkState
	reach    map[radio.Station]q32
	stations []radio.Station
}

func newVillage(t testing.TB) *village {
	v := villageAt(t, 0, [][2]float64{{45.19, 5.72}, {45.20, 5.72}, {45.19, 5.78}, {45.15, 5.70}, {45.22, 5.80}, {45.195, 5.70}, {45.205, 5.75}, {45.18, 5.74}})
	for from := range v.stations {
		for to := range v.stations {
			v.set(from, to, whole, 300, 2_000)
		}
	}
	return v
}

// villageAt has stations at some places that know nothing of each other; first is the number of the
// first one's key.
func villageAt(t testing.TB, first int, places [][2]float64) *village {
	v := &village{
		t: t, book: NewLinkBook(DefaultParameters(hexspot1)), reach: map[radio.Station]q32{},
		state: LinkState{Ways: map[Way][2]WaySums{}, Near: map[Way][2]NearSums{}, Twins: map[Twins][2]TwinSums{}},
	}
	for n, place := range places {
		s := sampleStation(t, first+n)
		site := sampleSite(t, byte(1+n), place[0], place[1])
		v.book.station(s, &site)
		v.stations = append(v.stations, s)
	}
	return v
}

// set gives a way 80 reports with a slope (0.0001), a fading and an excess (0.01 dB).
func (v *village) set(from, to int, slope, fading, excess int64) {
	if from == to {
		return
	}
	a, b := v.day(from).site, v.day(to).site
	d, _ := distance(a.Position, b.Position)
	level := int64(v.book.p.Plans["EU868"]) + net(&b) - int64(freeSpaceLoss(d, midBand, lossOffset)/centidB) - excess
	sums := wayOf(80, slope, fading)
	shifted := WaySums{Reports: sums.Reports, Drop: sums.Drop, DropDrop: sums.DropDrop}
	by := level + 9_000
	shifted.Level = sums.Level + by*sums.Reports
	shifted.DropLevel = sums.DropLevel + by*sums.Drop
	shifted.LevelLevel = sums.LevelLevel + 2*by*sums.Level + by*by*sums.Reports
	v.state.Ways[Way{v.stations[from], v.stations[to]}] = [2]WaySums{shifted, {}}
}

// day is a station's part in the epoch.
func (v *village) day(n int) *stationDay { return v.dayOf(v.stations[n]) }

func (v *village) dayOf(s radio.Station) *stationDay { return v.book.day(v.book.number(s)) }

// rank is the place of a station in the order of a weigher's.
func (v *village) rank(w *weigher, n int) uint32 { return w.rank[w.book.number(v.stations[n])] }

// settling are the village's sums as those of the epoch, with its reaches.
func (v *village) settling(t testing.TB) *settling {
	t.Helper()
	b := NewLinkBook(v.book.p)
	for _, s := range v.stations {
		from := v.dayOf(s)
		day := b.station(s, &from.site)
		number := day.number
		*day = *from
		day.number = number
	}
	s, err := b.settling(crew{t.Context(), 2}, v.state, v.state.Generation)
	if err == nil {
		err = s.sum()
	}
	if err != nil {
		t.Fatal(err)
	}
	for n, number := range s.by {
		s.reach[n] = v.reach[b.stations.At(number)]
	}
	return s
}

func (v *village) weigh() *Weights {
	links, err := v.settling(v.t).weigh()
	if err != nil {
		v.t.Fatal(err)
	}
	w, err := links.Weights(v.t.Context(), 1, all)
	if err != nil {
		v.t.Fatal(err)
	}
	return w
}

// badLinks has a bad example for each clue: what of station 0 or of its link to station 1
// is spoiled.
var badLinks = map[ClueName]func(v *village){
	ClueSlope:  func(v *village) { v.set(0, 1, 0, 300, 2_000) },
	ClueFading: func(v *village) { v.set(0, 1, whole, 0, 2_000) },
	ClueAnswers: func(v *village) {
		sums := v.state.Ways[Way{v.stations[0], v.stations[1]}]
		sums[0].Asked = 20
		v.state.Ways[Way{v.stations[0], v.stations[1]}] = sums
	},
	ClueBalance: func(v *village) {
		for to := range v.stations {
			v.set(0, to, whole, 300, 1_000)
		}
	},
	ClueDistance: func(v *village) { v.spoilStation(600) },
	ClueBeyond: func(v *village) {
		v.shortReach()
		for to := 1; to < 4; to++ {
			v.set(0, to, whole, 300, -600)
			v.set(to, 0, whole, 300, -600)
		}
	},
	ClueElsewhere: func(v *village) {
		v.shortReach()
		v.spoilStation(-600)
	},
	ClueAround: func(v *village) {
		for n := 1; n < 8; n++ {
			v.state.Near[Way{v.stations[0], v.stations[n]}] = [2]NearSums{{Asked: 4}, {}}
		}
	},
	ClueOther: func(v *village) { v.day(0).site = sampleSite(v.t, 1, 45.50, 5.72) },
	ClueTwins: func(v *village) {
		pair, _ := twinsOf(v.stations[0], v.stations[1])
		v.state.Twins[pair] = [2]TwinSums{{Frames: 50, Apart: 50 * 40, ApartApart: 50 * 1_600}, {}}
	},
	ClueOwner: func(v *village) {
		for _, s := range v.stations {
			v.dayOf(s).site.Owner = v.day(0).site.Owner
		}
	},
	ClueClosed: func(v *village) {
		for from, a := range v.stations {
			for to, b := range v.stations {
				d, _ := distance(v.dayOf(a).site.Position, v.dayOf(b).site.Position)
				v.set(from, to, whole, 300, 12_000-int64(freeSpaceLoss(max(d, 1), midBand, lossOffset)/centidB))
			}
		}
	},
}

func (v *village) spoilStation(excess int64) {
	for n := range v.stations {
		v.set(0, n, whole, 300, excess)
		v.set(n, 0, whole, 300, excess)
	}
}

func (v *village) shortReach() {
	for _, s := range v.stations {
		v.reach[s] = log2(400_000) // mm
	}
}

func TestAVillageHasItsWholeWeight(t *testing.T) {
	w := newVillage(t).weigh()
	for i, a := range newVillage(t).stations {
		for _, b := range newVillage(t).stations[:i] {
			if got := w.Link(a, b); got != whole || len(w.Clues(a, b)) < 4 {
				t.Errorf("a link of the village has weight %d: %v", got, w.Clues(a, b))
			}
		}
	}
}

func TestEachClueHasABadExample(t *testing.T) {
	for _, name := range []ClueName{
		ClueSlope, ClueFading, ClueAnswers, ClueBalance, ClueDistance, ClueBeyond, ClueElsewhere, ClueAround, ClueOther, ClueTwins, ClueOwner, ClueClosed,
	} {
		v := newVillage(t)
		badLinks[name](v)
		w := v.weigh()
		clues := w.Clues(v.stations[0], v.stations[1])
		i := slices.IndexFunc(clues, func(c Clue) bool { return c.Name == name && c.Weight < whole })
		if i < 0 || w.Link(v.stations[0], v.stations[1]) != uint64(leastOf(clues)) {
			t.Errorf("%s: the bad example leaves weight %d: %+v", name, w.Link(v.stations[0], v.stations[1]), clues)
		}
		if w.Link(v.stations[0], v.stations[1]) != w.Link(v.stations[1], v.stations[0]) {
			t.Errorf("%s: the weight depends on who asks", name)
		}
	}
	if len(badLinks) != 12 {
		t.Errorf("%d examples", len(badLinks))
	}
}

func leastOf(clues []Clue) int64 {
	least := int64(whole)
	for _, c := range clues {
		least = min(least, c.Weight)
	}
	return least
}

// TestOneReportIsNoEvidence has no clue after a single case.
func TestOneReportIsNoEvidence(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	state, weights, err := e.Links(20_249, mustJudge(t, e), LinkState{}, 1)
	if err != nil || len(state.Ways) == 0 {
		t.Fatalf("%d ways, %v", len(state.Ways), err)
	}
	for n := 1; n < 5; n++ {
		if got := weights.Link(sampleStation(t, 0), sampleStation(t, n)); got != whole {
			t.Errorf("one report leaves weight %d", got)
		}
	}
}

func TestWeightsGolden(t *testing.T) {
	var epochs []*FrozenEpoch
	for n := range uint64(3) {
		e := town(t, hexspot1, 11+n, 8, 60)
		e.Parameters = quick()
		epochs = append(epochs, e)
	}
	got := linksOf(t, epochs, 2)
	if *updateVerdicts {
		if err := os.WriteFile("testdata/weights.golden", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/weights.golden")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("state and weights differ from testdata/weights.golden; look at why, then run with -update-verdicts")
	}
}
