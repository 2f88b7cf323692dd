package verify

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

// TestTheFirstAppealsAreKept: the earliest of each id, and of these the first four; in any
// order the same.
func TestTheFirstAppealsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) appealArrival {
			return appealArrival{appealName{witness.Millis(rapid.IntRange(0, 9).Draw(t, "at")), [32]byte{rapid.Byte().Draw(t, "sum")}}, radio.RecordID{rapid.ByteMax(8).Draw(t, "id")}}
		})
		all := rapid.SliceOfN(draw, 0, 20).Draw(t, "appeals")
		earliest := map[radio.RecordID]appealArrival{}
		for _, one := range all {
			if was, ok := earliest[one.id]; !ok || one.compare(was) < 0 {
				earliest[one.id] = one
			}
		}
		want := slices.SortedFunc(maps.Values(earliest), appealArrival.compare)
		want = want[:min(len(want), witness.MostAppeals)]
		for range 2 {
			var a appeals
			for _, one := range rapid.Permutation(all).Draw(t, "order") {
				a.enter(radio.Station{}, one)
			}
			if got := a.first[radio.Station{}]; !slices.Equal(got, want) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
}

// TestAppealItems are read as they were written, and damage is noticed.
func TestAppealItems(t *testing.T) {
	var b []byte
	want := []appealItem{{3, []byte("first")}, {4, nil}, {5, []byte{0}}}
	for _, i := range want {
		for _, part := range i.parts() {
			b = append(b, part...)
		}
	}
	n := 0
	for i, err := range appealItems(b) {
		if err != nil || i.at != want[n].at || string(i.message) != string(want[n].message) {
			t.Errorf("%d: %v, %v", n, i, err)
		}
		n++
	}
	if n != len(want) {
		t.Errorf("%d items", n)
	}
	for _, err := range appealItems(b[:len(b)-1]) {
		if n--; (err != nil) != (n == 0) {
			t.Errorf("%d: %v", n, err)
		}
	}
}
