package spool

import (
	"database/sql"
	"path/filepath"
	"testing"
)

func TestNotes(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "s.db"), t.Context()
	s, err := Open(ctx, Config{Path: path}, quiet())
	must(t, err)
	for _, body := range []string{"first", "", "second"} {
		must(t, s.SetNote(ctx, "duty", []byte(body)))
		must(t, s.SetNote(ctx, "other", []byte("x")))
		if got, ok, err := s.Note(ctx, "duty"); string(got) != body || !ok || err != nil {
			t.Errorf("noted %q: %q, %v, %v", body, got, ok, err)
		}
	}
	if err := s.SetNote(ctx, "duty", make([]byte, mostNote+1)); err == nil {
		t.Error("a note without end is taken")
	}
	must(t, s.Close())
	s, err = Open(ctx, Config{Path: path}, quiet())
	must(t, err)
	defer s.Close()
	if got, ok, err := s.Note(ctx, "duty"); string(got) != "second" || !ok || err != nil {
		t.Errorf("after a start: %q, %v, %v", got, ok, err)
	}
	if got, ok, err := s.Note(ctx, "nothing"); got != nil || ok || err != nil {
		t.Errorf("never noted: %q, %v, %v", got, ok, err)
	}
}

// TestFirstVersion: a file of the program before gets what it lacks, and keeps what it
// has.
func TestFirstVersion(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "s.db"), t.Context()
	db, err := connect(path, "rwc")
	must(t, err)
	must(t, apply(ctx, db, 1))
	must(t, within(ctx, db, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO queue (id, name) VALUES (1, 'records report'); INSERT INTO item (queue, number, at, body, key) VALUES (1, 1, 5, x'01', x'02')")
		return err
	}))
	must(t, db.Close())
	s, err := Open(ctx, Config{Path: path}, quiet())
	must(t, err)
	defer s.Close()
	must(t, s.SetNote(ctx, "duty", []byte("x")))
	if r, ok, err := s.Records("report").Next(ctx, start); !ok || err != nil || string(r.Key) != "\x02" {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
}
