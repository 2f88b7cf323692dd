package keys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
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

// TestOneCreates: of many that make a key at the same path, one does.
func TestOneCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "station.key")
	made := make(chan radio.Station, 20)
	var all sync.WaitGroup
	for range cap(made) {
		all.Go(func() {
			key, err := Create(path, Ed25519)
			switch {
			case err == nil:
				made <- key.Station()
			case !errors.Is(err, fs.ErrExist) || !key.IsZero():
				t.Errorf("key %v, error %v", key, err)
			}
		})
	}
	all.Wait()
	if len(made) != 1 {
		t.Fatalf("%d made a key, want 1", len(made))
	}
	if key, err := Load(path); err != nil || key.Station() != <-made {
		t.Errorf("the file holds %v, %v", key, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files are left, want the key alone", len(entries))
	}
}

// TestSaveFails: whoever gets an error gets no key, and nothing is left behind.
func TestSaveFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "station.key"), filepath.Join(t.TempDir(), "no\x00name")} {
		if key, err := LoadOrCreate(path); err == nil || !key.IsZero() {
			t.Errorf("%q: key %v, error %v", path, key, err)
		}
		if key, err := Create(path, Ed25519); err == nil || !key.IsZero() {
			t.Errorf("%q: key %v, error %v", path, key, err)
		}
		if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
			t.Errorf("%q: %d files are left", path, len(entries))
		}
	}
	path := filepath.Join(t.TempDir(), "station.key")
	if err := (Key{}).Save(path); err == nil {
		t.Error("no key was saved")
	}
	if _, err := Create(path, 9); err == nil || !strings.Contains(err.Error(), "kind 9") {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

// TestPipeIsRefused: a pipe without a writer does not hold the start up.
func TestPipeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(path); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v", err)
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
		{"group may write", 0o620, good, "chmod 600"},
		{"all may run", 0o601, good, "chmod 600"},
		{"no key", 0o600, []byte("x"), "no PEM block"},
		{"empty", 0o600, nil, "no PEM block"},
		{"large", 0o600, slices.Concat(good, make([]byte, maxFile)), "are no key"},
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
			_, err := LoadOrCreate(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one with %q and the path", err, c.want)
			}
		})
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a directory: %v", err)
	}
}
