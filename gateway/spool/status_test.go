package spool

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
)

// rowOfTest is the length of the row of a storetest.Frame, see TestFrameRowGolden.
const rowOfTest = 89

// TestLook at a spool in use, and at one that is not.
func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s, err := Open(t.Context(), Config{Path: path}, quiet())
	must(t, err)
	at := time.Now().Add(-time.Hour).Truncate(time.Millisecond).UTC()
	add(t, s.Frames("tcp://h:1", 1), 1, []*gateway.Frame{storetest.Frame(1, at), storetest.Frame(2, at), storetest.Frame(3, at.Add(time.Minute))})
	add(t, s.Frames("tcp://h:2", 1), 1, storetest.Frames(1, 2))
	must(t, s.Frames("tcp://h:2", 1).Remove(t.Context(), 2))
	r := s.Records("report")
	for _, k := range []string{"a", "b", "c"} {
		must(t, r.Put(t.Context(), []byte(k), []byte("body"), start))
	}
	must(t, r.Ack(t.Context(), []byte("a"), []byte("receipt"), start))
	must(t, r.Refuse(t.Context(), []byte("b"), "late", start))
	want := fmt.Sprint([]Queue{
		{Name: "tcp://h:1", Waiting: 3, Bytes: 3 * rowOfTest, Oldest: at},
		{Name: "tcp://h:2"},
		{Name: "report", Records: true, Waiting: 1, Acknowledged: 1, Refused: 1, Bytes: 4, Oldest: start},
	})
	for _, closed := range []bool{false, true} {
		status, err := Look(t.Context(), path)
		if must(t, err); status.FileBytes < 4096 {
			t.Errorf("%d bytes", status.FileBytes)
		}
		if got := fmt.Sprint(status.Queues); got != want {
			t.Errorf("closed %v:\n%s, want\n%s", closed, got, want)
		}
		if !closed {
			must(t, s.Close())
		}
	}
}
