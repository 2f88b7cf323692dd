package answers

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"hexspot/witness"
)

// TestProvisionsAreReadAgain: what could not be read once is no fault for ever, and what was read
// is held, of the newest epoch only.
func TestProvisionsAreReadAgain(t *testing.T) {
	n, _ := mustNetwork(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	b, subject := NewBook(dir), witness.StationSubject(n.sites[0].Station)
	file := filepath.Join(dir, strconv.FormatUint(uint64(n.last), 10), "provisions")
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	must(b.at(n.last))
	move(file, file+".away")
	if _, _, err := b.IsBelow(subject); err == nil {
		t.Fatal("weights that are not there were read")
	}
	move(file+".away", file)
	if _, newest, err := b.IsBelow(subject); err != nil || newest != n.last {
		t.Fatalf("once they are there: epoch %d, %v", newest, err)
	}
	move(file, file+".away")
	if _, _, err := b.IsBelow(subject); err != nil {
		t.Errorf("what was read is not held: %v", err)
	}
	must(b.provisions.of(must(b.at(n.last - 1))))
	if b.provisions.epoch != n.last {
		t.Errorf("those of epoch %d are held", b.provisions.epoch)
	}
}
