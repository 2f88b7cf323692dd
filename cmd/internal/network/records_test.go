package network

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/journal"
)

// TestFilesThatAreGone: that records are in neither log nor files is told to who reads a time in which there may be
// some, and to nobody else.
func TestFilesThatAreGone(t *testing.T) {
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	defer func() { end() }()
	var lines bytes.Buffer
	s.rolling.log = slog.New(slog.NewTextHandler(&lines, nil))
	keep := func() {
		t.Helper()
		must(t, s.Journal.Append(t.Context(), "pkt.0123456789abcdef.up", fmt.Sprint(time.Now().UnixNano()), []byte("x")))
	}
	tells := func(w window) bool {
		t.Helper()
		lines.Reset()
		must(t, s.Records(t.Context(), w, func(verify.Record) error { return nil }))
		return strings.Contains(lines.String(), "bring back")
	}
	keep()
	all := window{since: time.Now().Add(-time.Hour)}
	if tells(all) {
		t.Error("nothing is gone")
	}
	_, err := s.Roll(t.Context(), time.Now().Add(48*time.Hour))
	must(t, err)
	if tells(all) {
		t.Error("all is in files")
	}
	there, elsewhere := s.rolling.bucket, "file://"+data.path("elsewhere")
	end()
	s, end = mustStore(t, data)
	s.rolling.log, s.rolling.bucket = slog.New(slog.NewTextHandler(&lines, nil)), elsewhere
	if !tells(all) {
		t.Error("log and bucket are empty, and that is not told")
	}
	s.rolling.bucket = there
	keep()
	if tells(all) {
		t.Error("all is in log and files")
	}
	s.rolling.bucket = elsewhere
	for what, c := range map[string]struct {
		w    window
		want bool
	}{
		"all": {all, true}, "no beginning": {window{}, false}, "what is to come": {window{since: time.Now().Add(time.Hour)}, false},
		"before the journal": {window{since: time.Now().Add(-9 * time.Hour), until: time.Now().Add(-8 * time.Hour)}, false},
	} {
		if tells(c.w) != c.want {
			t.Errorf("%s: %s", what, lines.String())
		}
		w := c.w
		w.whole = true
		if err := s.Records(t.Context(), w, func(verify.Record) error { return nil }); errors.Is(err, ErrRecordsGone) != c.want || (err != nil) != c.want {
			t.Errorf("%s, who wants them whole: %v", what, err)
		}
		s.lost = true
		if tells(w) != c.want {
			t.Errorf("%s, and they may be lost: %s", what, lines.String())
		}
		s.lost = false
	}
	born := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := journal.File{Born: born, First: 7, Last: 9, Hour: born.Add(5 * time.Hour)}
	if until := goneUntil(mustFilesOf(t, []journal.File{{Born: born.Add(time.Hour), First: 1}, f}, born), journal.Status{First: 1}); !until.Equal(f.Hour) {
		t.Error(until)
	}
}

func mustFilesOf(t *testing.T, all []journal.File, born time.Time) []journal.File {
	t.Helper()
	own, err := journal.FilesOf(all, born)
	must(t, err)
	return own
}

// TestAFileIsMissingBetween: nobody reads a part of the records for the whole, neither with the log nor from files alone.
func TestAFileIsMissingBetween(t *testing.T) {
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	defer end()
	var made []journal.File
	for i := range 4 {
		must(t, s.Journal.Append(t.Context(), "rec.beacon.00", fmt.Sprint(i), make([]byte, stampSize)))
		if i < 3 {
			files, err := s.Roll(t.Context(), time.Now().Add(48*time.Hour))
			must(t, err)
			made = append(made, files...)
		}
	}
	if len(made) != 3 {
		t.Fatalf("%d files", len(made))
	}
	all := window{since: time.Now().Add(-time.Hour)}
	read := func(records func(func(verify.Record) error) error) (n int, err error) {
		err = records(func(verify.Record) error { n++; return nil })
		return n, err
	}
	withLog := func(each func(verify.Record) error) error { return s.Records(t.Context(), all, each) }
	without := func(each func(verify.Record) error) error {
		return filesAlone(t.Context(), s.rolling.bucket, all, each)
	}
	count := func(wantLog, wantFiles int, want error) {
		t.Helper()
		if n, err := read(withLog); n != wantLog || !errors.Is(err, want) {
			t.Errorf("%d records with the log: %v", n, err)
		}
		if n, err := read(without); n != wantFiles || !errors.Is(err, want) {
			t.Errorf("%d records of files: %v", n, err)
		}
	}
	count(4, 3, nil)
	path := data.path("files/" + made[1].Name())
	must(t, os.Rename(path, path+".away"))
	count(0, 0, journal.ErrGap)
	must(t, os.Rename(path+".away", path))
	count(4, 3, nil)
}
