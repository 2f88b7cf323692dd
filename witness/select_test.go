package witness

import (
	"encoding/hex"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
)

// TestSelectionVectors goes below SelectByCell: the vectors' stations are bytes, not
// points of a curve.
func TestSelectionVectors(t *testing.T) {
	for _, v := range loadJudgeVectors(t).Selection {
		valueZ, tag := [32]byte(judgeBytes(t, v.ValueZ)), [18]byte(judgeBytes(t, v.Tag))
		var all []choice
		for i, w := range v.Valid {
			cell, err := cellOf(t, w.Cell).Parent(selectAt)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, choice{i, cell, selectHash(valueZ, tag, judgeBytes(t, w.Station))})
		}
		got := choose(all, v.Limit)
		if len(got) != v.W || len(got) != len(v.Chosen) {
			t.Fatalf("%d selected, want %d", len(got), v.W)
		}
		for i, want := range v.Chosen {
			station, order := v.Valid[got[i].index].Station, hex.EncodeToString(got[i].order[:])
			if station != want.Station || got[i].cell.String() != want.Cell || order != want.Order {
				t.Errorf("place %d: %s in %v, want %s in %s", i, station, got[i].cell, want.Station, want.Cell)
			}
		}
	}
}

func TestSelectByCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var candidates []Candidate
		for i := range rapid.IntRange(0, 30).Draw(t, "candidates") {
			lat := rapid.Float64Range(45, 45.1).Draw(t, "latitude")
			cell, err := coverage.HexAt(lat, 5.7, 8+i%5)
			if err != nil {
				t.Fatal(err)
			}
			candidates = append(candidates, Candidate{Station: sampleStation(t, i), Cell: cell})
		}
		limit := rapid.IntRange(0, 14).Draw(t, "limit")
		got, err := SelectByCell([32]byte{1}, [18]byte{2}, candidates, limit)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := SelectByCell([32]byte{1}, [18]byte{2}, rapid.Permutation(candidates).Draw(t, "order"), limit)
		if !slices.Equal(got, again) {
			t.Error("the order of candidates matters")
		}
		cells := map[coverage.Hex]bool{}
		for _, c := range candidates {
			cell, _ := c.Cell.Parent(8)
			cells[cell] = true
		}
		chosen := map[coverage.Hex]bool{}
		for _, s := range got {
			chosen[s.Cell] = true
		}
		if len(got) != min(limit, len(cells)) || len(chosen) != len(got) {
			t.Errorf("%d selected in %d cells, of %d, limit %d", len(got), len(chosen), len(cells), limit)
		}
	})
}

func TestSelectByCellRefusesCoarseCells(t *testing.T) {
	if got, err := SelectByCell([32]byte{}, [18]byte{}, []Candidate{{Station: sampleStation(t, 1)}}, 14); err == nil {
		t.Errorf("selected %v", got)
	}
}

func TestSelectByArrival(t *testing.T) {
	var candidates []Candidate
	for i := range 20 {
		candidates = append(candidates, Candidate{Receive: int64(100 - i/2), ID: [32]byte{byte(20 - i)}})
	}
	got := SelectByArrival(candidates, 3)
	for i, want := range []Candidate{{Receive: 91, ID: [32]byte{1}}, {Receive: 91, ID: [32]byte{2}}, {Receive: 92, ID: [32]byte{3}}} {
		if got[i] != want {
			t.Errorf("place %d: %d, %x", i, got[i].Receive, got[i].ID[0])
		}
	}
	if n := len(SelectByArrival(candidates, 30)); n != 20 {
		t.Errorf("%d selected of 20", n)
	}
}

func TestCandidatesAreTheValidWitnesses(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	c.Witnesses[2].Mark = [4]byte{}
	slices.Reverse(c.Witnesses)
	got := Candidates(c, sampleVerdict(t, e))
	if len(got) != 3 {
		t.Fatalf("%d candidates", len(got))
	}
	for i, n := range []int{1, 2, 4} {
		if got[i].Station != sampleStation(t, n) || got[i].Cell != c.Witnesses[4-n].Site.Cell || got[i].Receive != c.Witnesses[4-n].Receive {
			t.Errorf("place %d: %+v", i, got[i])
		}
	}
}
