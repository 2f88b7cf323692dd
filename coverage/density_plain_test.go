package coverage

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"
)

// published are the figures of both proposals by resolution: N, target, max of
// HIP-104, then of HIP-17.
const published = `
4 2 500 1000 1 250 800
5 4 100 200 1 100 400
6 4 25 50 1 25 100
7 4 5 10 2 5 20
8 2 1 1 2 1 4
9 2 1 1 2 1 2
10 2 1 1 2 1 1`

func TestClipsAreThePublishedOnes(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(published), "\n")
	if len(rows) != finestClip-coarsestClip+1 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		var r int
		var a, b Clip
		if _, err := fmt.Sscan(row, &r, &a.Neighbours, &a.Target, &a.Max, &b.Neighbours, &b.Target, &b.Max); err != nil {
			t.Fatal(err)
		}
		if HIP104().Clips[r] != a || HIP17().Clips[r] != b {
			t.Errorf("resolution %d: %+v and %+v, want %+v and %+v", r, HIP104().Clips[r], HIP17().Clips[r], a, b)
		}
	}
}

// plainDensity is the algorithm as the proposals tell it, step by step with the
// library's own functions: unclipped and clipped counts, clipped in place in
// whatever order the map has.
func plainDensity(t rapid.TB, set DensitySet, cells []Hex) (unclipped, clipped map[h3.Cell]int64) {
	unclipped, clipped = map[h3.Cell]int64{}, map[h3.Cell]int64{}
	count := func(r int) {
		for _, cell := range cells {
			if own := plainParent(t, h3.Cell(cell), min(11, h3.Cell(cell).Resolution())); own.Resolution() == r {
				unclipped[own]++
				clipped[own]++
			}
		}
	}
	count(11)
	for r := 10; r >= 4; r-- {
		for child, n := range clipped {
			if child.Resolution() == r+1 {
				parent := plainParent(t, child, r)
				unclipped[parent] += n
			}
		}
		for cell, n := range unclipped {
			if cell.Resolution() == r {
				clipped[cell] = n
			}
		}
		count(r)
		for cell := range unclipped {
			if cell.Resolution() == r {
				clipped[cell] = min(plainLimit(t, set.Clips[r], cell, clipped), unclipped[cell])
			}
		}
	}
	return unclipped, clipped
}

func plainLimit(t rapid.TB, c Clip, cell h3.Cell, clipped map[h3.Cell]int64) int64 {
	disk, err := cell.GridDisk(1)
	if err != nil {
		t.Fatal(err)
	}
	full := int64(0)
	for _, h := range disk {
		if clipped[h] >= int64(c.Target) {
			full++
		}
	}
	more := max(full-int64(c.Neighbours), 0)
	return min(int64(c.Max), int64(c.Target)*max(more+1, 1))
}

func plainParent(t rapid.TB, cell h3.Cell, r int) h3.Cell {
	parent, err := cell.Parent(r)
	if err != nil {
		t.Fatal(err)
	}
	return parent
}

func TestDensityIsThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := drawTown(t)
		set := rapid.SampledFrom([]DensitySet{HIP17(), HIP104()}).Draw(t, "set")
		d := mustDensity(t, set, cells)
		unclipped, clipped := plainDensity(t, set, cells)
		for cell, n := range unclipped {
			if got := d.levels[cell.Resolution()][Hex(cell)]; got != (tally{uint64(n), uint64(clipped[cell])}) {
				t.Fatalf("%v: %+v, want %d of which %d count", cell, got, n, clipped[cell])
			}
		}
		cell := h3.Cell(cells[0])
		q := big.NewInt(1_000_000_000_000)
		for r := min(cell.Resolution(), 10); r >= 4; r-- {
			at := plainParent(t, cell, r)
			q.Div(q.Mul(q, big.NewInt(clipped[at])), big.NewInt(unclipped[at]))
		}
		want := Scale(q.Uint64() / 100_000_000)
		if got, ok := d.Scale(cells[0]); !ok || got != want {
			t.Errorf("%v: scale %d, want %d", cells[0], got, want)
		}
	})
}
