package network

import (
	"bytes"
	"fmt"
	"log/slog"
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
	defer end()
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
	keep()
	if tells(all) {
		t.Error("all is in log and files")
	}
	s.rolling.bucket = "file://" + data.path("elsewhere")
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
	}
	born := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := journal.File{Born: born, First: 7, Last: 9, Hour: born.Add(5 * time.Hour)}
	if until := goneUntil(filesOf([]journal.File{{Born: born.Add(time.Hour), First: 1}, f}, born), journal.Status{First: 1}); !until.Equal(f.Hour) {
		t.Error(until)
	}
}
