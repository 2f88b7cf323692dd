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
		want.Div(want, big.NewInt(c)) // Euclid's; rounds down for c > 0
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

func TestFloordivAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64Range(1, 1<<62).Draw(t, "b")
		if got, want := floordiv(a, b), new(big.Int).Div(big.NewInt(a), big.NewInt(b)).Int64(); got != want {
			t.Errorf("%d / %d = %d, want %d", a, b, got, want)
		}
	})
	for _, c := range [][3]int64{{-7, 2, -4}, {-8, 2, -4}, {7, 2, 3}, {-1, 1 << 62, -1}, {-1 << 63, 1, -1 << 63}} {
		if got := floordiv(c[0], c[1]); got != c[2] {
			t.Errorf("%d / %d = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

// TestStatisticsCannotOverflow: sums of any levels of the protocol's ranges, as many as a state
// may have, give figures that the same steps with numbers of any length give, too.
func TestStatisticsCannotOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		extreme := rapid.OneOf(rapid.SampledFrom([]int64{-mostLevel, -mostLevel + 1, -1, 0, 1, mostLevel - 1, mostLevel}), rapid.Int64Range(-mostLevel, mostLevel))
		var day WaySums
		for range rapid.IntRange(1, 4).Draw(t, "kinds") {
			var one WaySums
			one.add(extreme.Draw(t, "drop"), extreme.Draw(t, "level"))
			for range rapid.IntRange(0, 23).Draw(t, "doublings") {
				one = one.plus(one)
			}
			day = day.plus(one)
		}
		if !day.check() {
			t.Fatalf("records make %+v", day)
		}
		total := day.plus(day) // both generations
		x := spreadOf(total)
		n, half := big.NewInt(total.Reports), func(square, a, b int64) *big.Int {
			mean := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
			return mean.Sub(big.NewInt(square), mean.Div(mean, big.NewInt(total.Reports)))
		}
		drops, mixed, levels := half(total.DropDrop, total.Drop, total.Drop), half(total.DropLevel, total.Drop, total.Level), half(total.LevelLevel, total.Level, total.Level)
		if n.Int64() < 2 {
			return
		}
		left := new(big.Int).Set(levels)
		if drops.Sign() > 0 {
			left.Sub(left, new(big.Int).Div(new(big.Int).Mul(mixed, mixed), drops))
		}
		if left.Sign() < 0 {
			left.SetInt64(0)
		}
		got := [4]int64{x.drops, x.mixed, x.levels, x.left}
		for i, want := range []*big.Int{drops, mixed, levels, left} {
			if !want.IsInt64() || want.Int64() != got[i] {
				t.Errorf("figure %d of %+v is %d, want %v", i, total, got[i], want)
			}
		}
		checkSlope(t, x)
	})
}

// checkSlope compares a slope with numbers of any length.
func checkSlope(t *rapid.T, x spread) {
	got, ok := x.slope(0)
	if !ok {
		return
	}
	estimate := new(big.Int).Mul(big.NewInt(x.mixed), big.NewInt(whole))
	estimate.Sub(big.NewInt(whole), estimate.Div(estimate, big.NewInt(x.drops)))
	if !estimate.IsInt64() || estimate.Int64() != got {
		t.Errorf("slope %d, want %v", got, estimate)
	}
	variance := new(big.Int).Mul(big.NewInt(x.left/x.freedom), big.NewInt(whole*whole))
	if variance.Div(variance, big.NewInt(x.drops)); !variance.IsInt64() {
		t.Errorf("the variance of the slope of %+v is %v", x, variance)
	}
}

// TestLinesCannotOverflow: distances and losses as large as can be, of the largest group.
func TestLinesCannotOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line
		for range rapid.IntRange(6, 64*63).Draw(t, "points") {
			l.add(rapid.Int64Range(0, 40<<10).Draw(t, "x"), rapid.Int64Range(-mostLevel, mostLevel).Draw(t, "y"))
		}
		slope, ok := l.slope()
		if !ok {
			return
		}
		xx := new(big.Int).Mul(big.NewInt(l.x), big.NewInt(l.x))
		xx.Sub(big.NewInt(l.xx), xx.Div(xx, big.NewInt(l.n)))
		xy := new(big.Int).Mul(big.NewInt(l.x), big.NewInt(l.y))
		xy.Sub(big.NewInt(l.xy), xy.Div(xy, big.NewInt(l.n)))
		if want := xy.Div(xy.Lsh(xy, 10), xx); !want.IsInt64() || want.Int64() != slope {
			t.Errorf("slope %d, want %v", slope, want)
		}
		if doubt := l.doubt(slope); doubt < 0 || doubt > 1<<40 {
			t.Errorf("doubt %d", doubt)
		}
	})
}

// TestLinkStateThatNoRecordsMake is an error, whoever wrote it.
func TestLinkStateThatNoRecordsMake(t *testing.T) {
	a, b := sampleStation(t, 1), sampleStation(t, 2)
	way, pair := Way{a, b}, Twins{a, b}
	if pair.A.Compare(pair.B) > 0 {
		pair = Twins{b, a}
	}
	for name, s := range map[string]LinkState{
		"too many":        {Ways: map[Way][2]WaySums{way: {{Reports: mostReports + 1}}}},
		"negative":        {Ways: map[Way][2]WaySums{way: {{Reports: -1}}}},
		"too loud":        {Ways: map[Way][2]WaySums{way: {{}, {Reports: 1, Level: mostLevel + 1, LevelLevel: mostLevel * mostLevel}}}},
		"squares":         {Ways: map[Way][2]WaySums{way: {{Reports: 3, Level: 30, LevelLevel: 299}}}},
		"products":        {Ways: map[Way][2]WaySums{way: {{Reports: 3, DropDrop: 1, LevelLevel: 4, DropLevel: 3}}}},
		"answers":         {Ways: map[Way][2]WaySums{way: {{Asked: 1, Answered: 2}}}},
		"least number":    {Ways: map[Way][2]WaySums{way: {{Reports: 1, Level: -1 << 63}}}},
		"twins":           {Twins: map[Twins][2]TwinSums{pair: {{Frames: 2, Apart: 10, ApartApart: 40}}}},
		"neighbours":      {Near: map[Way][2]NearSums{way: {{Asked: 1, Answered: -1}}}},
		"shown":           {Shown: map[Way][2]int64{way: {0, -1}}},
		"shown too often": {Shown: map[Way][2]int64{way: {mostReports + 1, 0}}},
	} {
		if _, err := ParseLinkState(s.AppendText(nil)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
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
	number := rapid.Int64Range(1, mostLevel)
	s := LinkState{
		Generation: rapid.Uint64().Draw(t, "generation"),
		Ways:       map[Way][2]WaySums{}, Near: map[Way][2]NearSums{}, Twins: map[Twins][2]TwinSums{},
	}
	way := func() Way { return Way{station.Draw(t, "from"), station.Draw(t, "to")} }
	for range rapid.IntRange(0, 5).Draw(t, "entries") {
		n := number.Draw(t, "n")
		s.Ways[way()] = [2]WaySums{{Reports: n, Level: -n, LevelLevel: n, Asked: n, Answered: 1}, {Reports: 1, LevelLevel: n}}
		s.Near[way()] = [2]NearSums{{n, 1}, {n, n}}
		pair := way()
		s.Twins[Twins{pair.From, pair.To}] = [2]TwinSums{{1, n, n * n}, {n, 1, n}}
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
