package witness

import (
	"bytes"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// wayOf has sums of a way whose level follows the power by a slope (0.0001) with a
// fading that goes to and fro.
func wayOf(reports, slope, fading int64) (s WaySums) {
	steps := [...]int64{0, 0, 300, 600}
	for i := range reports {
		drop := steps[i%4]
		sign := 1 - 2*(i/4%2)
		s.add(drop, -9_000+drop-drop*slope/whole+sign*fading)
	}
	return s
}

func TestSlopeAndFadingOfAWay(t *testing.T) {
	for _, c := range []struct{ slope, fading int64 }{{10_000, 300}, {0, 300}, {5_000, 200}, {0, 0}, {10_000, 0}} {
		x := spreadOf(wayOf(80, c.slope, c.fading))
		slope, ok := x.slope(0)
		if !ok || slope < c.slope-1 || slope > c.slope+1 {
			t.Errorf("slope %d of %+v", slope, c)
		}
		doubted, _ := x.slope(250)
		if (doubted > slope) != (c.fading > 0) {
			t.Errorf("slope %d with doubt, %d without, of %+v", doubted, slope, c)
		}
		fading, ok := x.fading(40)
		want := c.fading * c.fading * 80 / 78
		if !ok || fading < want-1 || fading > want+1 {
			t.Errorf("fading %d, want %d", fading, want)
		}
	}
}

func TestSlopeNeedsStepsAndReports(t *testing.T) {
	var level WaySums
	for range 50 {
		level.add(0, -9_000)
	}
	if _, ok := spreadOf(level).slope(0); ok {
		t.Error("a slope without steps")
	}
	if _, ok := spreadOf(wayOf(2, whole, 0)).slope(0); ok {
		t.Error("a slope of two reports")
	}
	if _, ok := spreadOf(wayOf(39, whole, 100)).fading(40); ok {
		t.Error("a fading of 39 reports where 40 are wanted")
	}
	if x := spreadOf(WaySums{Reports: 1}); x != (spread{}) {
		t.Errorf("one report has a spread: %+v", x)
	}
}

func TestClueOfItsRamp(t *testing.T) {
	for _, c := range []struct{ value, none, full, want int64 }{
		{0, 100, 200, 0}, {100, 100, 200, 0}, {150, 100, 200, 5_000}, {200, 100, 200, whole}, {900, 100, 200, whole},
		{900, 200, 100, 0}, {150, 200, 100, 5_000}, {-5, 200, 100, whole},
		{-1_600, -1_600, -1_100, 0}, {-1_350, -1_600, -1_100, 5_000}, {0, -1_600, -1_100, whole},
	} {
		if got := clueOf(ClueSlope, 1, c.value, ramp{c.none, c.full}); got.Weight != c.want {
			t.Errorf("%d between %d and %d has weight %d, want %d", c.value, c.none, c.full, got.Weight, c.want)
		}
	}
}

func TestMuldivAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		c := rapid.Int64Range(1, 1<<62).Draw(t, "c")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		want.Quo(want, big.NewInt(c))
		if limit := big.NewInt(1<<63 - 1); want.CmpAbs(limit) > 0 {
			want.Set(limit)
			if (a < 0) != (b < 0) {
				want.Neg(want)
			}
		}
		if got := muldiv(a, b, c); got != want.Int64() {
			t.Errorf("%d * %d / %d = %d, want %v", a, b, c, got, want)
		}
	})
}

func TestGenerationsForget(t *testing.T) {
	a, b := sampleStation(t, 1), sampleStation(t, 2)
	sums := wayOf(10, whole, 100)
	s := LinkState{Generation: 5, Ways: map[Way][2]WaySums{{a, b}: {sums, {}}}}
	for _, c := range []struct {
		generation uint64
		want       [2]WaySums
	}{{4, [2]WaySums{sums, {}}}, {5, [2]WaySums{sums, {}}}, {6, [2]WaySums{{}, sums}}, {7, [2]WaySums{}}, {900, [2]WaySums{}}} {
		after, _, err := NewLinkBook(DefaultParameters(hexspot1)).Settle(s, Epoch(c.generation)*Epoch(DefaultParameters(hexspot1).LinkEpochs))
		if err != nil || after.Ways[Way{a, b}] != c.want || after.Generation != max(5, c.generation) {
			t.Errorf("in generation %d: %v, %v", c.generation, after, err)
		}
		if _, kept := after.Ways[Way{a, b}]; kept != (c.want != [2]WaySums{}) {
			t.Errorf("generation %d keeps empty sums", c.generation)
		}
	}
	if s.Ways[Way{a, b}] != [2]WaySums{sums, {}} {
		t.Error("the state was changed")
	}
}

func TestSlopeOfALine(t *testing.T) {
	var l line
	for i := range int64(12) {
		l.add(20<<10+i<<9, 9_000+i*300) // half an octave each, 6 dB an octave
	}
	if slope, ok := l.slope(); !ok || slope != 600 {
		t.Errorf("slope %d, %v", slope, ok)
	}
	var still line
	for range 12 {
		still.add(20<<10, 9_000)
	}
	if _, ok := still.slope(); ok {
		t.Error("points on one place have a slope")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []int64
		want int64
	}{{[]int64{3}, 3}, {[]int64{9, 1, 5}, 5}, {[]int64{4, 1, 3, 2}, 2}} {
		if got := median(slices.Clone(c.of)); got != c.want {
			t.Errorf("median of %v is %d", c.of, got)
		}
	}
}

func drawLinkState(t *rapid.T) LinkState {
	stations := make([]radio.Station, 6)
	for i := range stations {
		stations[i] = sampleStation(t, i)
	}
	station := rapid.SampledFrom(stations)
	number := rapid.Int64()
	s := LinkState{
		Generation: rapid.Uint64().Draw(t, "generation"),
		Ways:       map[Way][2]WaySums{}, Near: map[Way][2]NearSums{}, Twins: map[Twins][2]TwinSums{},
	}
	way := func() Way { return Way{station.Draw(t, "from"), station.Draw(t, "to")} }
	for range rapid.IntRange(0, 5).Draw(t, "entries") {
		n := number.Draw(t, "n")
		s.Ways[way()] = [2]WaySums{{Reports: n, Level: -n, Answered: 1}, {LevelLevel: n}}
		s.Near[way()] = [2]NearSums{{n, 1}, {2, n}}
		pair := way()
		s.Twins[Twins{pair.From, pair.To}] = [2]TwinSums{{1, n, 2}, {n, 3, n}}
	}
	return s
}

func TestLinkStateIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawLinkState(t)
		back, err := ParseLinkState(s.AppendText(nil))
		if err != nil {
			t.Fatal(err)
		}
		if back.Generation != s.Generation || !maps.Equal(back.Ways, s.Ways) || !maps.Equal(back.Near, s.Near) || !maps.Equal(back.Twins, s.Twins) {
			t.Error("the state read again differs")
		}
	})
}

func FuzzParseLinkState(f *testing.F) {
	a, b := sampleStation(f, 1), sampleStation(f, 2)
	s := LinkState{Generation: 1, Ways: map[Way][2]WaySums{{a, b}: {wayOf(3, 0, 1), {}}},
		Near: map[Way][2]NearSums{{b, a}: {}}, Twins: map[Twins][2]TwinSums{{a, b}: {}}}
	f.Add(s.AppendText(nil))
	f.Add(LinkState{}.AppendText(nil))
	f.Add([]byte("generation 0\nway x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseLinkState(text)
		if err == nil && !bytes.Equal(s.AppendText(nil), text) {
			t.Errorf("%q is read, but written as %q", text, s.AppendText(nil))
		}
	})
}

// linksOf are state and weights after some epochs of a town, as bytes.
func linksOf(t rapid.TB, epochs []*FrozenEpoch, workers int) []byte {
	t.Helper()
	var state LinkState
	var text []byte
	for n, e := range epochs {
		verdicts, _, err := e.Judge(workers)
		if err != nil {
			t.Fatal(err)
		}
		var weights *Weights
		if state, weights, err = e.Links(Epoch(n), verdicts, state, workers); err != nil {
			t.Fatal(err)
		}
		text = weights.AppendText(state.AppendText(text))
	}
	return text
}

// quick are parameters by which a small town has clues of every kind.
func quick() *Parameters {
	p := DefaultParameters(hexspot1)
	p.LinkReports, p.LinkEpochs, p.LinkAsked, p.LinkLevels, p.AroundAsked, p.LinkMargin = 3, 2, 1, 1, 1, -5_000
	p.AnswerMargin = -3_000
	return p
}

// TestOrderAndWorkersChangeNoWeight shuffles cases and observations over three epochs
// and two generations, and weighs with 1 to 16 workers: the same bytes.
func TestOrderAndWorkersChangeNoWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		var epochs, shuffled []*FrozenEpoch
		for n := range uint64(3) {
			e := town(t, hexspot1, seed+n%2, 8, 24)
			e.Parameters = quick()
			epochs = append(epochs, e)
			other := *e
			other.Cases = slices.Clone(e.Cases)
			random.Shuffle(len(other.Cases), func(i, j int) { other.Cases[i], other.Cases[j] = other.Cases[j], other.Cases[i] })
			for i := range other.Cases {
				c := cloneCase(other.Cases[i])
				random.Shuffle(len(c.Witnesses), func(i, j int) { c.Witnesses[i], c.Witnesses[j] = c.Witnesses[j], c.Witnesses[i] })
				other.Cases[i] = c
			}
			shuffled = append(shuffled, &other)
		}
		want := linksOf(t, epochs, 1)
		if got := linksOf(t, shuffled, rapid.IntRange(1, 16).Draw(t, "workers")); !bytes.Equal(got, want) {
			t.Fatal("another order or number of workers gives other bytes")
		}
	})
}

func TestLinksWithoutVerdict(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	if _, _, err := e.Links(1, nil, LinkState{}, 1); err == nil {
		t.Error("a case without a verdict was taken")
	}
}

func TestHeliumHasNoWeights(t *testing.T) {
	e := sampleEpoch(t, helium202605)
	state, weights, err := e.Links(1, mustJudge(t, e), LinkState{}, 2)
	if err != nil || len(state.Ways) != 0 || weights.Link(sampleStation(t, 0), sampleStation(t, 1)) != whole {
		t.Errorf("%v %v", state, err)
	}
}

// shownFrames is how many frames are shown of a way.
func (s LinkState) shownFrames(w Way) int64 {
	kept := s.Shown[w]
	return max(kept[0], kept[1])
}
