package verify

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestIndexOfManyPlaces: places that wait in a file, and those with names of one beginning, of
// which there are more than fit into memory, give the index that a sorted list gives.
func TestIndexOfManyPlaces(t *testing.T) {
	const count = 3 * mostHeld / indexSize / 2
	draw := rand.New(rand.NewPCG(1, 2))
	for name, names := range map[string]func() placeName{
		"spread":    func() placeName { return placeName(binary.BigEndian.AppendUint64(nil, draw.Uint64())) },
		"one start": func() placeName { return placeName(binary.BigEndian.AppendUint64(nil, draw.Uint64()&0xffffff)) },
		"one name":  func() placeName { return placeName{7} },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := spool{path: filepath.Join(dir, "places")}
			const base = 1 << 33
			want := make([][]byte, count)
			for i := range want {
				p := place{names(), int64(draw.Uint32())}
				if err := text.add(p.append(text.held)); err != nil {
					t.Fatal(err)
				}
				p.offset += base
				want[i] = p.append(nil)
			}
			if text.file == nil {
				t.Fatal("the places are in memory")
			}
			slices.SortFunc(want, bytes.Compare)
			index := &indexer{scratch{path: filepath.Join(dir, "index.scratch"), limit: leastPortion}}
			if err := index.addAll(text.open(), base); err != nil {
				t.Fatal(err)
			}
			if err := index.write(dir, "text"); err != nil {
				t.Fatal(err)
			}
			if err := joinFault(text.remove(), index.scratch.Clear()); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(dir, "text"+indexEnding))
			if err != nil || !bytes.Equal(got, slices.Concat(want...)) {
				t.Errorf("%d bytes, %v, want %d in order", len(got), err, count*indexSize)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}
