package spool

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
	"time"
)

// TestAnswers: of a spool in use, the receipts of one kind come in the order in which
// they were given; what waits or was refused does not.
func TestAnswers(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "s.db"), t.Context()
	s, err := Open(ctx, Config{Path: path}, quiet())
	must(t, err)
	defer s.Close()
	r := s.Records("report")
	for _, k := range []string{"a", "b", "c", "d"} {
		must(t, r.Put(ctx, []byte(k), []byte("body "+k), start))
	}
	must(t, r.Ack(ctx, []byte("c"), []byte("receipt c"), start))
	must(t, r.Ack(ctx, []byte("a"), []byte("receipt a"), start.Add(time.Hour)))
	must(t, r.Refuse(ctx, []byte("b"), "late", start))
	other := s.Records("other")
	must(t, other.Put(ctx, []byte("a"), []byte("x"), start))
	must(t, other.Ack(ctx, []byte("a"), []byte("receipt"), start))
	var got string
	must(t, Answers(ctx, path, "report", func(a Settled) error {
		if a.Refused || string(a.Body) != "body "+string(a.Key) || a.At.Before(start) {
			t.Errorf("%+v", a)
		}
		got += string(a.Answer) + ", "
		return nil
	}))
	if got != "receipt c, receipt a, " {
		t.Error(got)
	}
	enough := errors.New("enough")
	if err := Answers(ctx, path, "report", func(Settled) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	if err := Answers(ctx, path+"none", "report", func(Settled) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
