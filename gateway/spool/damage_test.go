package spool

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"hexspot/gateway/storetest"
)

// TestDamagedFileIsMovedAside at the start: a new one is begun, the log names both, and
// the old one is there to be looked at. Damage at every start leaves one file.
func TestDamagedFileIsMovedAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	for round, content := range []string{"no database at all, but long enough to be read as one", strings.Repeat("x", 100_000)} {
		must(t, os.WriteFile(path, []byte(content), 0o600))
		var lines bytes.Buffer
		s, err := Open(t.Context(), Config{Path: path}, slog.New(slog.NewTextHandler(&lines, nil)))
		must(t, err)
		add(t, s.Frames("a", 1), 1, storetest.Frames(1, 3))
		must(t, s.Close())
		aside, err := os.ReadFile(path + ".corrupt")
		if err != nil || string(aside) != content {
			t.Errorf("round %d: moved aside %d bytes, %v", round, len(aside), err)
		}
		if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, path+".corrupt") {
			t.Errorf("round %d: said %q", round, got)
		}
		s = openAt(t, Config{Path: path}, quiet())
		if first, next := spanOf(t, s.Frames("a", 1)); first != 1 || next != 3 {
			t.Errorf("round %d: the new one has %d to %d", round, first, next)
		}
		must(t, s.db.Close())
		must(t, os.Remove(path))
	}
}

// TestUnopened: a spool that could not be opened is opened for the use after the first one that
// can; a damaged file is moved aside then, too.
func TestUnopened(t *testing.T) {
	place := filepath.Join(t.TempDir(), "d")
	must(t, os.WriteFile(place, nil, 0o600)) // in the place of the directory
	path := filepath.Join(place, "s.db")
	if _, err := Open(t.Context(), Config{Path: path}, quiet()); err == nil {
		t.Fatal("it can be opened")
	}
	s := Unopened(Config{Path: path}, quiet())
	if s.IsOpen() {
		t.Error("it says that it is open")
	}
	for range 2 {
		if err := s.SetNote(t.Context(), "n", []byte("a")); !errors.Is(err, errNoFile) {
			t.Errorf("noted where nothing can be: %v", err)
		}
	}
	must(t, os.Remove(place))
	must(t, os.Mkdir(place, 0o700))
	must(t, os.WriteFile(path, bytes.Repeat([]byte("x"), 100_000), 0o600))
	if err := s.SetNote(t.Context(), "n", []byte("a")); !errors.Is(err, errNoFile) {
		t.Errorf("the use that opens it: %v", err)
	}
	must(t, s.SetNote(t.Context(), "n", []byte("b")))
	if body, ok, err := s.Note(t.Context(), "n"); string(body) != "b" || !ok || err != nil {
		t.Errorf("%q, %v, %v", body, ok, err)
	}
	if _, err := os.Stat(path + ".corrupt"); err != nil {
		t.Error(err)
	}
	if !s.IsOpen() {
		t.Error("it says that it is not open")
	}
	must(t, s.Close())
}

// damage makes a spool with frames 1 to 1999, some of which cannot be read.
func damage(t *testing.T, path string) *Frames {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: path}, quiet())
	must(t, err)
	add(t, s.Frames("a", 1), 1, storetest.Frames(1, 2000))
	must(t, s.Close())
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = file.WriteAt(bytes.Repeat([]byte{0x5a}, 100_000), 8*4096) // in the middle of the rows
	must(t, errors.Join(err, file.Close()))
	return openAt(t, Config{Path: path}, quiet()).Frames("a", 1)
}

// meet reads frames until one cannot be read.
func meet(t *testing.T, f *Frames) (met error) {
	t.Helper()
	for from := uint64(1); from < 2000 && met == nil; from += 100 {
		_, met = f.Load(t.Context(), from, from+100)
	}
	if !damaged(met) {
		t.Fatalf("no damage was met: %v", met)
	}
	return met
}

// TestDamageWhileUsed: the operation that meets it fails, the next ones work on a new
// file.
func TestDamageWhileUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	f := damage(t, path)
	_ = meet(t, f)
	if list, err := f.Load(t.Context(), 1, 2000); err != nil || len(list) != 0 {
		t.Errorf("the new file gives %d frames, %v", len(list), err)
	}
	add(t, f, 2000, storetest.Frames(2000, 2010))
	if first, next := spanOf(t, f); first != 2000 || next != 2010 {
		t.Errorf("%d to %d are kept", first, next)
	}
	if _, err := os.Stat(path + ".corrupt"); err != nil {
		t.Error(err)
	}
	again := openAt(t, Config{Path: path}, quiet())
	if first, next := spanOf(t, again.Frames("a", 1)); first != 2000 || next != 2010 {
		t.Errorf("another program finds %d to %d", first, next)
	}
}

// TestDamageThatCannotBeMoved is tried again, and works once there is a way.
func TestDamageThatCannotBeMoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	f := damage(t, path)
	must(t, os.MkdirAll(filepath.Join(path+".corrupt", "in the way"), 0o700))
	if met := meet(t, f); !strings.Contains(met.Error(), "moving the damaged spool aside") {
		t.Errorf("error %v", met)
	}
	must(t, os.RemoveAll(path+".corrupt"))
	if _, _, err := f.Span(t.Context()); !errors.Is(err, errNoFile) {
		t.Errorf("error %v", err)
	}
	_ = meet(t, f)
	add(t, f, 2000, storetest.Frames(2000, 2010))
}

// TestNewerFileIsLeftAlone: it is no damage.
func TestNewerFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s := openAt(t, Config{Path: path}, quiet())
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Path: path}, quiet()); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path + ".corrupt"); !errors.Is(err, os.ErrNotExist) {
		t.Error("it was moved aside")
	}
}

// TestFullDisk: nothing of what does not fit is kept, and what was kept can be read and
// removed; then there is room again.
func TestFullDisk(t *testing.T) {
	s := openNew(t)
	f, ctx := s.Frames("a", 1), t.Context()
	if _, err := s.db.Exec("PRAGMA max_page_count = 30"); err != nil {
		t.Fatal(err)
	}
	next := uint64(1)
	var met error
	for met == nil {
		if _, met = f.Append(ctx, next, storetest.Frames(int(next), int(next)+64)); met == nil {
			next += 64
		}
	}
	var e sqlite3.Error
	if !errors.As(met, &e) || e.Code != sqlite3.ErrFull {
		t.Fatalf("error %v, want that it is full", met)
	}
	list, err := f.Load(ctx, 1, next)
	if must(t, err); uint64(len(list)) != next-1 {
		t.Errorf("%d of %d frames can be read", len(list), next-1)
	}
	if err := s.Records("opening").Put(ctx, []byte("k"), make([]byte, mostBody), start); err == nil {
		t.Error("a record is kept on a full disk")
	}
	must(t, f.Remove(ctx, next))
	add(t, f, next, storetest.Frames(int(next), int(next)+64))
}

// TestPowerCut copies file and log between operations, as a power cut would leave them:
// everything that was said to be kept by then is there.
func TestPowerCut(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, Config{Path: filepath.Join(dir, "s.db")}, quiet())
	f, r, ctx := s.Frames("a", 1), s.Records("opening"), t.Context()
	first, next := uint64(1), uint64(1)
	for i := range 60 {
		add(t, f, next, storetest.Frames(int(next), int(next)+1+i%64))
		next += uint64(1 + i%64)
		if i%3 == 0 {
			first += (next - first) / 2
			must(t, f.Remove(ctx, first))
		}
		must(t, r.Put(ctx, []byte{byte(i)}, []byte("opening"), start))

		cut := filepath.Join(dir, "cut", "s.db")
		must(t, os.MkdirAll(filepath.Dir(cut), 0o700))
		for _, suffix := range []string{"", "-wal"} {
			data, err := os.ReadFile(filepath.Join(dir, "s.db"+suffix))
			must(t, err)
			if suffix == "-wal" { // what was not yet said to be on the disk may be there in part
				data = append(data, bytes.Repeat([]byte{0xa5}, i*100)...)
			}
			must(t, os.WriteFile(cut+suffix, data, 0o600))
		}
		after, err := Open(ctx, Config{Path: cut}, quiet())
		must(t, err)
		if gotFirst, gotNext := spanOf(t, after.Frames("a", 1)); gotFirst != first || gotNext != next {
			t.Fatalf("after cut %d: %d to %d, want %d to %d", i, gotFirst, gotNext, first, next)
		}
		var records int
		must(t, after.db.QueryRow("SELECT count(*) FROM item WHERE key IS NOT NULL").Scan(&records))
		if records != i+1 {
			t.Fatalf("after cut %d: %d records", i, records)
		}
		must(t, after.Close())
		must(t, os.RemoveAll(filepath.Dir(cut)))
	}
}
