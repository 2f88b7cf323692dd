package journal

import (
	"fmt"
	"testing"
)

// TestUsed: what is appended counts at once, and what the log says in the end.
func TestUsed(t *testing.T) {
	j, _ := running(t, Config{MaxBytes: 64 << 20, ReserveBytes: 1}, t.TempDir())
	before, most := j.Used()
	for i := range 100 {
		if err := j.Append(t.Context(), "pkt.0123456789abcdef.up", fmt.Sprint("entry-", i), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := j.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	used, _ := j.Used()
	if grown := used - before; most != 64<<20 || grown < 100_000 || grown > 2*s.Bytes || s.Bytes > 2*grown {
		t.Errorf("%d of %d, %d before; the log says %d", used, most, before, s.Bytes)
	}
	j.used.set(s, 1)
	if used, _ = j.Used(); used != s.Bytes {
		t.Errorf("%d, and the log says %d", used, s.Bytes)
	}
}

// TestRoom: the limit, or what the disk can still take without its reserve.
func TestRoom(t *testing.T) {
	for s, want := range map[Status]int64{
		{Bytes: 10, Most: 100, Free: -1}:  100,
		{Bytes: 10, Most: 100, Free: 500}: 100,
		{Bytes: 10, Most: 100, Free: 50}:  40,
		{Bytes: 10, Most: 100, Free: 5}:   10,
	} {
		if got := s.room(20); got != want {
			t.Errorf("%+v: %d, want %d", s, got, want)
		}
	}
}
