package radio

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStationsRememberNothingElse reads every vector twice with one memory: what is
// accepted and what is refused is what ParseSigned says.
func TestStationsRememberNothingElse(t *testing.T) {
	var known Stations
	v := loadVectors(t).Signed
	texts := []string{""}
	for _, c := range v.Valid {
		texts = append(texts, c.Encoded)
	}
	for _, c := range v.Bad {
		texts = append(texts, c.Encoded)
	}
	for range 2 {
		for _, text := range texts {
			want, failed := ParseSigned(unhex(t, text))
			got, err := known.ParseSigned(unhex(t, text))
			if (err == nil) != (failed == nil) || err != nil && err.Error() != failed.Error() {
				t.Fatalf("%s: %v, want %v", text, err, failed)
			}
			if diff := cmp.Diff(want.Append(nil), got.Append(nil)); diff != "" {
				t.Fatal(diff)
			}
		}
	}
	if known.Len() == 0 {
		t.Error("no station was remembered")
	}
}

// TestStationsHaveNumbers: each in the order in which it was seen first, whoever asks at the
// same time; and they are found again.
func TestStationsHaveNumbers(t *testing.T) {
	var known Stations
	if n, seen := known.Find(Station{}); seen {
		t.Errorf("nobody was seen, but number %d", n)
	}
	list := make([]Station, 3*blockSize)
	for i := range list {
		binary.LittleEndian.PutUint32(list[i].key[:], uint32(i)) // in another order than by key
		if _, seen := known.Find(list[i]); seen {
			t.Fatalf("station %d was seen", i)
		}
		if n := known.Number(list[i]); n != uint32(i) {
			t.Fatalf("number %d, want %d", n, i)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i, s := range list {
				n, seen := known.Find(s)
				if !seen || n != uint32(i) || known.Number(s) != n || known.At(n) != s {
					t.Errorf("number %d, want %d", n, i)
				}
			}
		})
	}
	group.Wait()
	if known.Len() != len(list) {
		t.Errorf("%d stations, want %d", known.Len(), len(list))
	}
	for below, want := range map[int]int{0: 0, 300: 300, len(list): len(list), len(list) + 5: len(list)} {
		sorted := known.Sorted(below)
		if len(sorted) != want || !slices.IsSortedFunc(sorted, func(a, b uint32) int { return known.At(a).Compare(known.At(b)) }) {
			t.Errorf("%d numbers below %d, want %d in order", len(sorted), below, want)
		}
		slices.Sort(sorted)
		for i, n := range sorted {
			if n != uint32(i) {
				t.Fatalf("below %d: number %d is not there", below, i)
			}
		}
	}
}

// TestStationsAreNumberedOnce: of several who see the same stations first, all get the same
// numbers, each number once.
func TestStationsAreNumberedOnce(t *testing.T) {
	var known Stations
	const count = 2 * blockSize
	var numbers [4][count]uint32
	var group sync.WaitGroup
	for g := range numbers {
		group.Go(func() {
			for i := range count {
				var s Station
				binary.BigEndian.PutUint32(s.key[:], uint32(i*(2*g+1)%count))
				numbers[g][i*(2*g+1)%count] = known.Number(s)
			}
		})
	}
	group.Wait()
	taken := map[uint32]bool{}
	for i, n := range numbers[0] {
		if taken[n] || n >= count || numbers[1][i] != n || numbers[2][i] != n || numbers[3][i] != n {
			t.Fatalf("station %d has %d, %d, %d, %d", i, n, numbers[1][i], numbers[2][i], numbers[3][i])
		}
		taken[n] = true
	}
}
