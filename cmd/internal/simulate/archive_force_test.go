package simulate

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestForceClearsItsOwnArchive: and neither other files nor an archive beside it whose name
// the directory's would match as a pattern.
func TestForceClearsItsOwnArchive(t *testing.T) {
	root := t.TempDir()
	mine, beside := filepath.Join(root, "run[1]"), filepath.Join(root, "run1")
	for _, dir := range []string{mine, beside} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"epoch-7.records", "epoch-7.links", sitesName, "notes"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := NewArchive(mine, false); !errors.Is(err, ErrNotEmpty) {
		t.Error(err)
	}
	if _, err := NewArchive(mine, true); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]int{mine: 1, beside: 4} {
		if left, err := os.ReadDir(dir); err != nil || len(left) != want {
			t.Errorf("%s has %v, %v", dir, left, err)
		}
	}
}
