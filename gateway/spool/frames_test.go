package spool

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func openAt(t testing.TB, c Config, log *slog.Logger) *Spool {
	t.Helper()
	s, err := Open(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openNew(t testing.TB) *Spool {
	t.Helper()
	return openAt(t, Config{Path: filepath.Join(t.TempDir(), "dir", "spool.db")}, quiet())
}

func TestFramesAreAStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) gateway.Store { return openNew(t).Frames("tcp://h:1", 1) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func spanOf(t *testing.T, f *Frames) (first, next uint64) {
	t.Helper()
	first, next, err := f.Span(t.Context())
	must(t, err)
	return first, next
}

func add(t testing.TB, f *Frames, first uint64, frames []*gateway.Frame) (oldest uint64) {
	t.Helper()
	oldest, err := f.Append(t.Context(), first, frames)
	must(t, err)
	return oldest
}

// TestDestinationsAreApart: each has its own numbers, and finds them again.
func TestDestinationsAreApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool #1?.db")
	s := openAt(t, Config{Path: path}, quiet())
	add(t, s.Frames("a", 2), 1, storetest.Frames(1, 5))
	add(t, s.Frames("b", 2), 7, storetest.Frames(7, 9))
	must(t, s.Frames("a", 2).Remove(t.Context(), 3))
	again := openAt(t, Config{Path: path}, quiet())
	for name, want := range map[string][2]uint64{"a": {3, 5}, "b": {7, 9}, "c": {0, 0}} {
		first, next := spanOf(t, again.Frames(name, 2))
		if (first != want[0] || next != want[1]) && want[1] > 0 {
			t.Errorf("%s: %d to %d, want %v", name, first, next, want)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestBytesBound: the oldest frames make room, and what is left is at most the limit
// and not much less.
func TestBytesBound(t *testing.T) {
	const most = minBytes
	s := openAt(t, Config{Path: filepath.Join(t.TempDir(), "s.db"), MaxBytes: 2 * most}, quiet())
	for _, restart := range []bool{false, true} {
		f := s.Frames("a", 2)
		first, next := spanOf(t, f)
		next = max(next, 1)
		for range 40 {
			oldest := add(t, f, next, storetest.Frames(int(next), int(next)+50))
			next += 50
			if oldest < first {
				t.Fatalf("the oldest went from %d back to %d", first, oldest)
			}
			first = oldest
			var taken int64
			must(t, s.db.QueryRow("SELECT sum(length(body) + ?) FROM item", rowOverhead).Scan(&taken))
			if taken > most || oldest > 1 && taken < most*3/4 {
				t.Fatalf("restart %v: %d bytes are taken of %d, the oldest is %d", restart, taken, most, oldest)
			}
		}
		if first == 1 || first > next {
			t.Errorf("%d to %d are kept", first, next)
		}
	}
}

// TestAgeBound: frames that are too old are not loaded, and go at the next writing or
// start; frames of unknown age stay.
func TestAgeBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	config := Config{Path: path, MaxAge: gateway.Duration(time.Hour)}
	s := openAt(t, config, quiet())
	now := time.Now()
	old := []*gateway.Frame{storetest.Frame(1, now.Add(-59*time.Minute)), storetest.Frame(2, now.Add(-59*time.Minute)), storetest.Frame(3, time.Time{}), storetest.Frame(4, now)}
	f := s.Frames("a", 1)
	add(t, f, 1, old)
	s.config.MaxAge = gateway.Duration(30 * time.Minute)
	list, err := f.Load(t.Context(), 1, 10)
	if must(t, err); len(list) != 2 || list[0].Number != 3 || list[1].Number != 4 {
		t.Errorf("loaded %v", list)
	}
	if oldest := add(t, f, 5, storetest.Frames(5, 6)); oldest != 3 {
		t.Errorf("the oldest is %d, want 3", oldest)
	}
	s.config.MaxAge = gateway.Duration(10 * 365 * 24 * time.Hour)
	add(t, s.Frames("gone", 1), 1, []*gateway.Frame{storetest.Frame(1, now.Add(-2*time.Hour))})
	again := openAt(t, config, quiet())
	if first, next := spanOf(t, again.Frames("gone", 1)); first != next {
		t.Errorf("%d to %d of a destination that is gone are kept", first, next)
	}
}

// TestAllTooOld: when even what was just written is too old, nothing is kept, and the
// next number is told to be the oldest.
func TestAllTooOld(t *testing.T) {
	f := openNew(t).Frames("a", 1)
	long := time.Now().Add(-31 * 24 * time.Hour)
	if oldest := add(t, f, 4, []*gateway.Frame{storetest.Frame(4, long), storetest.Frame(5, long)}); oldest != 6 {
		t.Errorf("the oldest is %d, want 6", oldest)
	}
}

// TestUnreadableFrameIsLeftOut, and the others come.
func TestUnreadableFrameIsLeftOut(t *testing.T) {
	s := openNew(t)
	f := s.Frames("a", 1)
	add(t, f, 1, storetest.Frames(1, 4))
	if _, err := s.db.Exec("UPDATE item SET body = x'01ff' WHERE number = 2"); err != nil {
		t.Fatal(err)
	}
	list, err := f.Load(t.Context(), 1, 4)
	if must(t, err); len(list) != 2 || list[0].Number != 1 || list[1].Number != 3 {
		t.Errorf("loaded %v", list)
	}
}

// TestUnkeepableFrameIsRefused with everything that was to be written with it.
func TestUnkeepableFrameIsRefused(t *testing.T) {
	f := openNew(t).Frames("a", 1)
	frames := storetest.Frames(1, 3)
	frames[1].PHYPayload = make([]byte, 256)
	if _, err := f.Append(t.Context(), 1, frames); err == nil {
		t.Error("a payload of 256 bytes is kept")
	}
	if first, next := spanOf(t, f); first != next {
		t.Errorf("%d to %d are kept", first, next)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	for name, c := range map[string]Config{
		"a file is no directory": {Path: filepath.Join(dir, "file", "s.db")},
		"bytes":                  {Path: filepath.Join(dir, "s.db"), MaxBytes: 1},
		"age":                    {Path: filepath.Join(dir, "s.db"), MaxAge: 1},
		"sync":                   {Path: filepath.Join(dir, "s.db"), Sync: gateway.Duration(time.Hour)},
	} {
		if s, err := Open(t.Context(), c, quiet()); err == nil {
			t.Errorf("%s: opened", name)
			must(t, s.Close())
		}
	}
	if _, err := Look(t.Context(), filepath.Join(dir, "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking at no file: %v", err)
	}
}
