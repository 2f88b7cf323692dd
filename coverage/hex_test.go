package coverage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"
)

// drawHex draws a cell of a resolution anywhere on earth.
func drawHex(t *rapid.T, resolution int) Hex {
	lat := rapid.Float64Range(-90, 90).Draw(t, "latitude")
	lng := rapid.Float64Range(-180, 180).Draw(t, "longitude")
	h, err := HexAt(lat, lng, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHexAsTheLibraryHasIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHex(t, rapid.IntRange(0, MaxResolution).Draw(t, "resolution"))
		compareWithLibrary(t, h)
	})
}

// TestPentagonsAsTheLibraryHasThem walks what random places never meet.
func TestPentagonsAsTheLibraryHasThem(t *testing.T) {
	for r := 0; r <= MaxResolution; r++ {
		pentagons, err := h3.Pentagons(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pentagons {
			h := Hex(p)
			compareWithLibrary(t, h)
			disk, err := h.Disk()
			if err != nil || len(disk) != 6 {
				t.Errorf("disk of pentagon %v: %d cells, %v; want 6", h, len(disk), err)
			}
			if !h.IsPentagon() {
				t.Errorf("%v is a pentagon", h)
			}
		}
	}
}

func compareWithLibrary(t rapid.TB, h Hex) {
	t.Helper()
	cell := h3.Cell(h)
	if h.Valid() != cell.IsValid() {
		t.Fatalf("%v: valid %v, the library says %v", h, h.Valid(), cell.IsValid())
	}
	if !h.Valid() {
		return
	}
	if h.Resolution() != cell.Resolution() || h.IsPentagon() != cell.IsPentagon() {
		t.Fatalf("%v: resolution %d, pentagon %v differ from the library's", h, h.Resolution(), h.IsPentagon())
	}
	for r := 0; r <= h.Resolution(); r++ {
		got, err := h.Parent(r)
		want, wrong := cell.Parent(r)
		if err != nil || wrong != nil || got != Hex(want) {
			t.Fatalf("%v: parent at %d is %v (%v), the library says %v (%v)", h, r, got, err, want, wrong)
		}
	}
}

// FuzzValid compares with the library on any number at all.
func FuzzValid(f *testing.F) {
	for _, n := range []uint64{0, 0x8c1f9ed938c4bff, 0x821c07fffffffff, 0x8208 << 44, 0x8c1f9ed938c4bfe, math.MaxUint64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n uint64) {
		if got, want := Hex(n).Valid(), h3.Cell(n).IsValid(); got != want {
			t.Errorf("%x: valid %v, the library says %v", n, got, want)
		}
	})
}

// TestDamagedCells flips one bit or one digit of sound cells.
func TestDamagedCells(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pentagons, _ := h3.Pentagons(15)
	cells := []Hex{0x8c1f9ed938c4bff, 0x8b2a10721270fff, 0x88075dd6b7fffff}
	for _, p := range pentagons {
		cells = append(cells, Hex(p))
	}
	for range 200_000 {
		h := cells[random.IntN(len(cells))]
		h ^= 1 << random.IntN(64)
		h ^= Hex(random.IntN(8)) << (3 * random.IntN(15))
		if got, want := h.Valid(), h3.Cell(h).IsValid(); got != want {
			t.Fatalf("%v: valid %v, the library says %v", h, got, want)
		}
	}
}

func TestBadCoordinatesAreErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		lat, lng   float64
		resolution int
	}{
		{95, 0, 8}, {-90.001, 0, 8}, {0, 180.5, 8}, {0, -181, 8}, {nan, 0, 8}, {0, nan, 8},
		{inf, 0, 8}, {0, -inf, 8}, {45, 5, 16}, {45, 5, -1},
	} {
		if h, err := HexAt(c.lat, c.lng, c.resolution); err == nil {
			t.Errorf("cell at %v, %v of resolution %d: %v, want an error", c.lat, c.lng, c.resolution, h)
		}
	}
	for _, c := range [][2]float64{{90, 0}, {-90, 180}, {0, -180}, {0, 0}} {
		if _, err := HexAt(c[0], c[1], 12); err != nil {
			t.Error(err)
		}
	}
}

func TestBadCellsAreErrors(t *testing.T) {
	for _, h := range []Hex{0, 1, math.MaxUint64, 0x8c1f9ed938c4bfe} {
		if _, _, err := h.Center(); err == nil {
			t.Errorf("%v has a centre", h)
		}
		if _, err := h.Disk(); err == nil {
			t.Errorf("%v has a disk", h)
		}
		if _, err := h.Parent(0); err == nil {
			t.Errorf("%v has a parent", h)
		}
		if _, err := h.GridDistance(h); err == nil {
			t.Errorf("%v has a distance", h)
		}
		if _, err := Slack(h); err == nil {
			t.Errorf("%v has a slack", h)
		}
	}
	fine := mustHex(t, "8c1f9ed938c4bff")
	for _, r := range []int{13, 16, -1} {
		if p, err := fine.Parent(r); err == nil {
			t.Errorf("parent of resolution %d: %v", r, p)
		}
	}
}

func TestGridDistance(t *testing.T) {
	a, b := mustHex(t, "8c1f9ed922163ff"), mustHex(t, "8c1f9ed922a53ff")
	if n, err := a.GridDistance(b); err != nil || n < 1 {
		t.Errorf("%d steps, %v", n, err)
	}
	if n, err := a.GridDistance(a); err != nil || n != 0 {
		t.Errorf("%d steps to itself, %v", n, err)
	}
	for _, far := range []string{"8c2f5a32db75dff", "892f5a32db7ffff"} {
		if n, err := a.GridDistance(mustHex(t, far)); err == nil {
			t.Errorf("%d steps to %s, want an error", n, far)
		}
	}
}

func TestSlackByResolution(t *testing.T) {
	for r, want := range map[int]Millimetres{12: 14_000, 11: 37_000, 10: 99_000, 9: 261_000, 8: 691_000, 13: 0, 7: 0} {
		h, err := HexAt(45.19, 5.72, r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Slack(h); got != want || (err == nil) != (want > 0) {
			t.Errorf("resolution %d: slack %d, %v, want %d", r, got, err, want)
		}
	}
}

func FuzzParseHex(f *testing.F) {
	for _, text := range []string{"8c1f9ed938c4bff", "8C1F9ED938C4BFF", "08c1f9ed938c4bff", "", "0", "+8c1f9ed938c4bff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHex(text)
		if err != nil {
			return
		}
		if h.String() != text || !h.Valid() || len(text) != 15 {
			t.Errorf("%q was read as %v", text, h)
		}
	})
}

func BenchmarkHexParent(b *testing.B) {
	h := Hex(0x8c1f9ed938c4bff)
	b.Run("bits", func(b *testing.B) {
		for b.Loop() {
			_, _ = h.Parent(8)
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			_, _ = h3.Cell(h).Parent(8)
		}
	})
}

func BenchmarkHexValid(b *testing.B) {
	h := Hex(0x8c1f9ed938c4bff)
	b.Run("bits", func(b *testing.B) {
		for b.Loop() {
			h.Valid()
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			h3.Cell(h).IsValid()
		}
	})
}

// TestOutline: the corners of a hexagon are six, of a pentagon five; they go around it
// counter-clockwise.
func TestOutline(t *testing.T) {
	for text, corners := range map[string]int{"881f9ed947fffff": 6, "8009fffffffffff": 5} {
		h, err := ParseHex(text)
		if err != nil {
			t.Fatal(err)
		}
		outline, err := h.Outline()
		if err != nil || len(outline) != corners {
			t.Fatalf("%s: %v, %v", text, outline, err)
		}
		area := 0.0
		for i, c := range outline {
			next := outline[(i+1)%len(outline)]
			area += c.Longitude*next.Latitude - next.Longitude*c.Latitude
		}
		if h.Resolution() == 8 && area <= 0 {
			t.Errorf("%s goes around clockwise", text)
		}
	}
	if corners, err := Hex(1).Outline(); err == nil {
		t.Errorf("%v of what is no cell", corners)
	}
}
