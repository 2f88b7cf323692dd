package witness

import (
	"cmp"
	"slices"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

// clueNamed is the clue of a name among those about a station, nil without.
func clueNamed(w *Weights, s radio.Station, name ClueName) *Clue {
	clues := w.Station(s)
	if i := slices.IndexFunc(clues, func(c Clue) bool { return c.Name == name }); i >= 0 {
		return &clues[i]
	}
	return nil
}

// TestOneDeafNeighbourIsOneShadow asks few neighbours often, and all of them.
func TestOneDeafNeighbourIsOneShadow(t *testing.T) {
	for _, c := range []struct {
		neighbours int
		asked      int64
		heard      int
		weight     int64 // -1: no clue
	}{{3, 500, 0, -1}, {5, 500, 0, -1}, {7, 3, 0, -1}, {7, 4, 0, 7_222}, {7, 4, 1, whole}, {7, 4, 7, whole}} {
		v := newVillage(t)
		for n := 1; n <= c.neighbours; n++ {
			sums := NearSums{Asked: c.asked}
			if n <= c.heard {
				sums.Answered = 1
			}
			v.state.Near[Way{v.stations[0], v.stations[n]}] = [2]NearSums{sums, {}}
		}
		got := clueNamed(v.weigh(), v.stations[0], ClueAround)
		if (got == nil) != (c.weight < 0) || got != nil && got.Weight != c.weight {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestWhoIsTooNearIsNotAsked has a coarse site: what is heard of it next door fails
// too_near and is no evidence, so its absence is none either.
func TestWhoIsTooNearIsNotAsked(t *testing.T) {
	v := newVillage(t)
	a, b := v.day(0), v.day(1)
	reach := log2(20_000_000) // mm
	if !isNear(a, b, reach, v.book.p) {
		t.Fatal("a neighbour at 1.1 km is not asked")
	}
	a.site.Slack = 900 * coverage.Metre
	if isNear(a, b, reach, v.book.p) {
		t.Error("a neighbour that cannot report is asked")
	}
}

// TestOnePartnerMakesNoFigure leaves out the partner without whom the slope is best.
func TestOnePartnerMakesNoFigure(t *testing.T) {
	w := &weigher{settling: &settling{p: DefaultParameters(hexspot1)}}
	good, bad := spreadOf(wayOf(60, whole, 200)), spreadOf(wayOf(900, 0, 0))
	if slope, ok := w.pool([]spread{good, bad, good}).slope(0); !ok || slope < 9_000 {
		t.Errorf("slope %d, %v with one bad way of three", slope, ok)
	}
	if slope, ok := w.pool([]spread{bad, good, bad}).slope(0); !ok || slope > 2_500 {
		t.Errorf("slope %d, %v with two bad ways of three", slope, ok)
	}
	if x := w.pool([]spread{good}); x != (spread{}) {
		t.Errorf("a pool of one way: %+v", x)
	}
}

// TestOpenGroundIsSharedByNeighbours compares a station with those around it.
func TestOpenGroundIsSharedByNeighbours(t *testing.T) {
	v := newVillage(t)
	w := newWeigher(v.settling(t))
	at := func(n int) *figure { return &w.beside[v.rank(w, n)] }
	*at(0) = figure{900, -1_500}
	value := func() int64 { return w.distanceClue(nil, v.rank(w, 0))[0].Value }
	if got := value(); got != -1_500 {
		t.Errorf("alone: %d", got)
	}
	*at(1) = figure{900, -1_200}
	if got := value(); got != -1_500 {
		t.Errorf("one neighbour excuses: %d", got)
	}
	*at(5) = figure{900, -1_300}
	if got := value(); got != -200 {
		t.Errorf("on open ground: %d", got)
	}
	*at(1), *at(5) = figure{900, 500}, figure{900, 400}
	if got := value(); got != -1_500 {
		t.Errorf("on rough ground: %d", got)
	}
}

// TestNoDifferenceOfLossWithoutTheSignalsLevel has a chip that gives the channel's.
func TestNoDifferenceOfLossWithoutTheSignalsLevel(t *testing.T) {
	v := newVillage(t)
	badLinks[ClueBalance](v)
	if c := clueNamed(v.weigh(), v.stations[0], ClueBalance); c == nil || c.Weight != 0 {
		t.Fatalf("an amplifier: %+v", c)
	}
	v.day(0).rough = true
	if c := clueNamed(v.weigh(), v.stations[0], ClueBalance); c != nil {
		t.Errorf("a chip without the signal's level: %+v", c)
	}
}

func TestDoubtOfALine(t *testing.T) {
	var exact, rough line
	for i := range int64(12) {
		x := 20<<10 + i<<9 // half an octave each
		exact.add(x, 9_000+i*300)
		rough.add(x, 9_000+i*300+400*(i%2)*2-400)
	}
	slope, _ := exact.slope()
	if d := exact.doubt(slope); d > 5 {
		t.Errorf("an exact line is in doubt by %d", d)
	}
	// 4 dB about the line, 12 points with a standard deviation of 1.73 octaves
	slope, _ = rough.slope()
	if d := rough.doubt(slope); d < 60 || d > 85 {
		t.Errorf("a rough line is in doubt by %d", d)
	}
}

// usualSeenBy is what is usual between those around two stations, as the first sees it.
func usualSeenBy(t *testing.T, w *weigher, a, b uint32) (int64, bool) {
	t.Helper()
	w.ground.begin()
	questions := newTray(w.ground.asked)
	if err := cmp.Or(w.ground.ask(a, b, questions), questions.empty()); err != nil {
		t.Fatal(err)
	}
	if err := inTurn(w.takeWays, w.ground.answerAll, w.ground.conclude, w.ground.end); err != nil {
		t.Fatal(err)
	}
	usual, err := w.ground.usualIn(w.drawer(a))
	if err != nil {
		t.Fatal(err)
	}
	seen := usual[a][b].seen
	return seen.value, seen.known
}

// TestGroundIsWhatMostGet asks what those around two stations have of each other.
func TestGroundIsWhatMostGet(t *testing.T) {
	v := newVillage(t)
	look := func(share int64) (int64, bool) {
		w := newWeigher(v.settling(t))
		w.p.GroundShare = share
		a, b := v.rank(w, 0), v.rank(w, 1)
		if err := w.sortFacts(); err != nil {
			t.Fatal(err)
		}
		return usualSeenBy(t, w, a, b)
	}
	v.set(0, 1, whole, 300, -3_000)
	if got, ok := look(5_000); !ok || got < 1_990 || got > 2_010 {
		t.Errorf("%d, %v where all others have 2000", got, ok)
	}
	for way := range v.state.Ways {
		if way.From != v.stations[0] && way.From != v.stations[2] {
			delete(v.state.Ways, way)
		}
	}
	if got, ok := look(5_000); ok {
		t.Errorf("%d by one station around", got)
	}
}

// TestOneDeafPartnerIsOnePartner asks partners that hear nothing often, and those that do
// seldom.
func TestOneDeafPartnerIsOnePartner(t *testing.T) {
	for _, c := range []struct {
		name       string
		deaf, good int
		weight     int64 // -1: no clue
	}{
		{"two of seven hear nothing", 2, 5, whole},
		{"nobody hears it", 7, 0, 0},
		{"one of seven hears it", 6, 1, 2_500},
		{"too few to say", 4, 0, -1},
	} {
		v := newVillage(t)
		for n := 1; n <= c.deaf+c.good; n++ {
			way := Way{v.stations[n], v.stations[0]}
			sums := v.state.Ways[way]
			if sums[0].Asked = 60; n > c.deaf {
				sums[0].Asked, sums[0].Answered = 8, 6
			}
			v.state.Ways[way] = sums
		}
		got := clueNamed(v.weigh(), v.stations[0], ClueAnswers)
		if (got == nil) != (c.weight < 0) || got != nil && got.Weight != c.weight {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
