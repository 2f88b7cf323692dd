package keys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hexspot/radio"
)

func TestLoadOrCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "station.key")
	key, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreate(path)
	if err != nil || again.Station() != key.Station() {
		t.Fatalf("again: %v, %v", again, err)
	}
	for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v (%v)", p, info.Mode().Perm(), want, err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files are left, want the key alone", len(entries))
	}
}

// TestOneKeyForAll: of many that find no key, one makes it and all have it.
func TestOneKeyForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "station.key")
	stations := make([]radio.Station, 20)
	var all sync.WaitGroup
	for i := range stations {
		all.Go(func() {
			key, err := LoadOrCreate(path)
			if err != nil {
				t.Error(err)
			}
			stations[i] = key.Station()
		})
	}
	all.Wait()
	for _, s := range stations {
		if s != stations[0] || s.IsZero() {
			t.Errorf("stations %v and %v", s, stations[0])
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "station.key")
	first, err := Create(path, P256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, Ed25519); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "not overwritten") {
		t.Errorf("error %v", err)
	}
	if key, err := Load(path); err != nil || key.Station() != first.Station() {
		t.Errorf("the key is now %v, %v", key, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	good, err := generate(t, Ed25519).Export()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		mode fs.FileMode
		text []byte
		want string
	}{
		{"group may read", 0o640, good, "chmod 600"},
		{"all may read", 0o604, good, "chmod 600"},
		{"no key", 0o600, []byte("x"), "no PEM block"},
		{"large", 0o600, make([]byte, 1<<20), "no key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "station.key")
			if err := os.WriteFile(path, c.text, c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil { // whatever the umask
				t.Fatal(err)
			}
			// LoadOrCreate does not make another key either.
			if _, err := LoadOrCreate(path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a directory: %v", err)
	}
}
