package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
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
	j.committer.used.set(s, 1)
	if used, _ = j.Used(); used != s.Bytes {
		t.Errorf("%d, and the log says %d", used, s.Bytes)
	}
}

// uncounted is a journal that takes entries and is not asked how full it is.
func uncounted(t *testing.T, dir string) (j *Journal, end func()) {
	t.Helper()
	j, err := Open(t.Context(), Config{}, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go j.committer.run(ctx)
	end = sync.OnceFunc(func() {
		cancel()
		<-j.committer.ended
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return j, end
}

// TestAgainIsNoUse: what is sent again takes no room again, whether this process remembers it or only the
// log does, one by one or among others.
func TestAgainIsNoUse(t *testing.T) {
	dir := t.TempDir()
	send := func(j *Journal, from, to int) (grown int64) {
		t.Helper()
		before, _ := j.Used()
		errs := make(chan error)
		for i := from; i < to; i++ {
			go func() {
				errs <- j.Append(t.Context(), "pkt.0123456789abcdef.up", fmt.Sprint("entry-", i), make([]byte, 1000))
			}()
		}
		for range to - from {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		after, _ := j.Used()
		return after - before
	}
	const many = 3 * togetherFrom
	j, end := uncounted(t, dir)
	if grown := send(j, 0, many); grown < 1000*many {
		t.Errorf("%d new ones take %d bytes", many, grown)
	}
	if grown := send(j, 0, many); grown != 0 {
		t.Errorf("sent again to who remembers them, they take %d bytes", grown)
	}
	end()
	j, _ = uncounted(t, dir)
	if grown := send(j, 0, 1); grown != 0 {
		t.Errorf("one that the log has takes %d bytes", grown)
	}
	if grown := send(j, 1, many); grown != 0 {
		t.Errorf("many that the log has take %d bytes", grown)
	}
	if grown := send(j, many-1, many+1); grown < 1000 || grown > 1500 {
		t.Errorf("one that it has and one that is new take %d bytes", grown)
	}
}

// told is a log that gives its outcomes in turn.
type told struct{ outcomes []error }

func (l *told) each(context.Context, []entry) []error {
	first := l.outcomes[0]
	l.outcomes = l.outcomes[1:]
	return []error{first}
}

func (l *told) together(context.Context, []entry) error { return ErrInvalid }

// TestUsedWithoutAnAnswer: what is there when it is tried again may be there because of the first try.
func TestUsedWithoutAnAnswer(t *testing.T) {
	for what, c := range map[string]struct {
		outcomes []error
		want     bool
	}{
		"stored":                       {[]error{nil}, true},
		"there before":                 {[]error{errDuplicate}, false},
		"no answer, then stored":       {[]error{errLost, nil}, true},
		"no answer, but it was stored": {[]error{errLost, errDuplicate}, true},
		"refused":                      {[]error{ErrFull}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			committer := newCommitter(&told{c.outcomes})
			ctx, cancel := context.WithCancel(t.Context())
			go committer.run(ctx)
			last := c.outcomes[len(c.outcomes)-1]
			if err := committer.append(t.Context(), entry{id: "a"}); errors.Is(last, ErrFull) != (err != nil) {
				t.Errorf("%s: %v", what, err)
			}
			if used := committer.used.since.Load(); (used > 0) != c.want {
				t.Errorf("%s: %d bytes are used", what, used)
			}
			cancel()
			<-committer.ended
		})
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
