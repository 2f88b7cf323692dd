package coverage

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawTown draws stations in one neighbourhood, some at the same spot, at all
// published resolutions.
func drawTown(t *rapid.T) []Hex {
	n := rapid.IntRange(1, 120).Draw(t, "stations")
	lat := rapid.Float64Range(-80, 80).Draw(t, "latitude")
	lng := rapid.Float64Range(-170, 170).Draw(t, "longitude")
	spread := rapid.SampledFrom([]float64{0.0005, 0.01, 0.1, 1}).Draw(t, "spread")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	cells := make([]Hex, n)
	for i := range cells {
		resolution := FinestSite
		if random.IntN(4) == 0 {
			resolution -= random.IntN(5)
		}
		h, err := HexAt(lat+spread*random.NormFloat64(), lng+spread*random.NormFloat64(), resolution)
		if err != nil {
			t.Fatal(err)
		}
		cells[i] = h
	}
	return cells
}

func mustDensity(t rapid.TB, set DensitySet, cells []Hex) *Density {
	t.Helper()
	d, err := NewDensity(set, cells)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestClipsAreSound(t *testing.T) {
	for _, set := range []DensitySet{HIP17(), HIP104()} {
		for r := coarsestClip; r <= finestClip; r++ {
			if c := set.Clips[r]; c.Target < 1 || c.Max < c.Target || c.Neighbours < 1 {
				t.Errorf("%s, resolution %d: %+v", set.Name, r, c)
			}
		}
	}
}

// Scales inside one cell of resolution 4 add up to what is counted of it: the
// invariant of the published algorithm, here less what rounding down takes.
func TestScalesAddUpToTheClippedCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := drawTown(t)
		set := rapid.SampledFrom([]DensitySet{HIP17(), HIP104()}).Draw(t, "set")
		d := mustDensity(t, set, cells)
		sums, stations := map[Hex]uint64{}, map[Hex]uint64{}
		for _, cell := range cells {
			q, ok := d.twelve(cell)
			if !ok {
				t.Fatalf("no scale at %v", cell)
			}
			sums[cell.ancestor(4)] += q
			stations[cell.ancestor(4)]++
		}
		for top, sum := range sums {
			want := d.levels[4][top].counted * unitScale
			if lost := want - sum; sum > want || lost > 7*stations[top] {
				t.Errorf("%v: scales add up to %d, counted %d (10^-12)", top, sum, want)
			}
		}
	})
}

func TestDensityDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := drawTown(t)
		a := mustDensity(t, HIP104(), cells)
		b := mustDensity(t, HIP104(), rapid.Permutation(cells).Draw(t, "order"))
		for _, cell := range cells {
			p, _ := a.Scale(cell)
			if q, _ := b.Scale(cell); p != q {
				t.Fatalf("%v: %d and %d", cell, p, q)
			}
		}
	})
}

func TestNewcomerScaleIsThatOfASnapshotWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := drawTown(t)
		set := rapid.SampledFrom([]DensitySet{HIP17(), HIP104()}).Draw(t, "set")
		newcomer, others := cells[0], cells[1:]
		d := mustDensity(t, set, others)
		got, err := d.NewcomerScale(newcomer)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := mustDensity(t, set, cells).Scale(newcomer); got != want {
			t.Errorf("newcomer at %v: %d, with it in the snapshot %d", newcomer, got, want)
		}
	})
}

// The exact scale and the one rounded down at each step differ by no more than
// the rounding.
func TestExactScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := drawTown(t)
		d := mustDensity(t, HIP104(), cells)
		for _, cell := range cells {
			down, _ := d.Scale(cell)
			exact, ok := d.ExactScale(cell)
			if !ok || exact < down || exact > down+1 {
				t.Fatalf("%v: %d exact, %d rounded down", cell, exact, down)
			}
		}
	})
}

func TestDensityExamples(t *testing.T) {
	home := mustHex(t, "8c1f9ed938c4bff")
	center, _ := home.Parent(10)
	hexes := func(n int) []Hex { return slices.Repeat([]Hex{home}, n) }
	for _, c := range []struct {
		name  string
		cells []Hex
		at    Hex
		want  Scale
		found bool
	}{
		{"alone", hexes(1), home, 10_000, true},
		{"two in one cell of resolution 10 count once", hexes(2), home, 5_000, true},
		{"three", hexes(3), home, 3_333, true},
		{"a coarse site counts in its own cell", append(hexes(1), center), home, 5_000, true},
		{"and is scaled there", append(hexes(1), center), center, 5_000, true},
		{"nobody there", hexes(1), mustHex(t, "8b2a10721270fff"), 0, false},
	} {
		got, ok := mustDensity(t, HIP104(), c.cells).Scale(c.at)
		if got != c.want || ok != c.found {
			t.Errorf("%s: %d, %v, want %d, %v", c.name, got, ok, c.want, c.found)
		}
	}
}

func TestHalfEven(t *testing.T) {
	for _, c := range [][3]int64{{1, 2, 0}, {3, 2, 2}, {5, 2, 2}, {7, 2, 4}, {1, 3, 0}, {2, 3, 1}, {10_001, 10_000, 1}, {6, 3, 2}} {
		if got := halfEven(big.NewInt(c[0]), big.NewInt(c[1])); got != uint64(c[2]) {
			t.Errorf("%d/%d is %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestExactScaleOfNobody(t *testing.T) {
	d := mustDensity(t, HIP104(), nil)
	for _, cell := range []Hex{0, mustHex(t, "8c1f9ed938c4bff")} {
		if scale, ok := d.ExactScale(cell); ok || scale != 0 {
			t.Errorf("%v: %d, %v", cell, scale, ok)
		}
	}
}

// Full neighbours let a cell hold more, up to its maximum: seven cells of
// resolution 8 with hip17 (target 1, max 4, from 2).
func TestNeighboursRaiseTheLimit(t *testing.T) {
	c := HIP17().Clips[8]
	for full, want := range map[uint64]uint64{0: 1, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 4} {
		if got := c.limit(full); got != want {
			t.Errorf("%d full cells: limit %d, want %d", full, got, want)
		}
	}
}

func TestDensityRefusesBadCells(t *testing.T) {
	coarse, err := mustHex(t, "8c1f9ed938c4bff").Parent(3)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []Hex{0, 1, coarse} {
		if _, err := NewDensity(HIP104(), []Hex{cell}); err == nil {
			t.Errorf("%v was counted", cell)
		}
		if _, err := mustDensity(t, HIP104(), nil).NewcomerScale(cell); err == nil {
			t.Errorf("newcomer at %v was scaled", cell)
		}
	}
}

func BenchmarkDensity(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	cells := make([]Hex, 100_000)
	for i := range cells {
		cells[i], _ = HexAt(48+2*random.NormFloat64(), 5+3*random.NormFloat64(), FinestSite)
	}
	b.Run("100k stations", func(b *testing.B) {
		for b.Loop() {
			if _, err := NewDensity(HIP104(), cells); err != nil {
				b.Fatal(err)
			}
		}
	})
	d, _ := NewDensity(HIP104(), cells)
	b.Run("scale", func(b *testing.B) {
		for b.Loop() {
			d.Scale(cells[0])
		}
	})
	b.Run("newcomer", func(b *testing.B) {
		for b.Loop() {
			if _, err := d.NewcomerScale(cells[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
