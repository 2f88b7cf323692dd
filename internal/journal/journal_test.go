package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const patience = 30 * time.Second

// running opens a journal and runs it until the test ends, or end is called.
func running(t testing.TB, c Config, dir string) (j *Journal, end func()) {
	t.Helper()
	j, err := Open(t.Context(), c, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, j.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return j, end
}

// fill appends from several goroutines, each its share of n entries.
func fill(t testing.TB, j *Journal, prefix string, goroutines, n int) {
	t.Helper()
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := g; i < n; i += goroutines {
				id := fmt.Sprintf("%s-%d", prefix, i)
				if err := j.Append(t.Context(), "pkt.0123456789abcdef.up", id, []byte(id)); err != nil {
					t.Errorf("%s: %v", id, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// contents reads all records.
func contents(t testing.TB, j *Journal, q Query) (records []Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := j.Read(ctx, q, func(r Record) error { records = append(records, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return records
}

// ids counts records by id.
func ids(records []Record) map[string]int {
	count := make(map[string]int)
	for _, r := range records {
		count[r.ID]++
	}
	return count
}

func TestAppendAndRead(t *testing.T) {
	dir := t.TempDir()
	j, end := running(t, Config{}, dir)
	fill(t, j, "a", 1, 20)
	fill(t, j, "b", 100, 1000)
	if err := j.Append(t.Context(), RecordSubject("beacon", 0x7f), "r", nil); err != nil {
		t.Fatal(err)
	}
	end()

	j, _ = running(t, Config{}, dir) // another process
	fill(t, j, "b", 100, 1000)       // resent: known to the log, not to the process
	records := contents(t, j, Query{})
	if len(records) != 1021 || len(ids(records)) != 1021 {
		t.Errorf("%d records of %d ids, want 1021", len(records), len(ids(records)))
	}
	for i, r := range records {
		if r.Seq != uint64(i+1) || string(r.Data) != r.ID && r.ID != "r" || time.Since(r.Time) > time.Hour {
			t.Fatalf("record %d: %+v", i, r)
		}
	}
	if some := contents(t, j, Query{From: 1000}); len(some) != 22 || some[0].Seq != 1000 {
		t.Errorf("%d records from 1000", len(some))
	}
	if some := contents(t, j, Query{Subjects: []string{"rec.beacon.7f", "rec.beacon.80"}}); len(some) != 1 || some[0].Subject != "rec.beacon.7f" {
		t.Errorf("by subject: %v", some)
	}
	if none := contents(t, j, Query{Subjects: []string{"rec.report.*"}}); len(none) != 0 {
		t.Errorf("by a subject without records: %v", none)
	}
}

func TestFollow(t *testing.T) {
	j, _ := running(t, Config{}, t.TempDir())
	fill(t, j, "before", 1, 5)
	seen, filled := 0, make(chan struct{})
	err := j.Read(t.Context(), Query{Follow: true}, func(Record) error {
		if seen++; seen == 5 {
			go func() { fill(t, j, "after", 1, 5); close(filled) }()
		}
		if seen == 10 {
			return errStop
		}
		return nil
	})
	if err != nil || seen != 10 {
		t.Errorf("%d records, %v", seen, err)
	}
	<-filled // what is read may not be answered yet
}

func TestAppendRefuses(t *testing.T) {
	j, end := running(t, Config{}, t.TempDir())
	for _, e := range []entry{
		{"", "id", nil}, {"pkt", "id", nil}, {"pkt.up", "id", nil}, {"pkt.*.up", "id", nil}, {"pkt.a.>", "id", nil}, {"pkt.a b.up", "id", nil},
		{"pkt..up", "id", nil}, {"pkt.a.b.c", "id", nil}, {"other.a.b", "id", nil}, {"pkt.A.up", "id", nil}, {"pkt.a.up\r\n", "id", nil},
		{"pkt.a.up", "", nil}, {"pkt.a.up", "i d", nil}, {"pkt.a.up", "i\r\nd", nil}, {"pkt.a.up", string(make([]byte, MaxID+1)), nil},
		{"pkt.a.up", "id", make([]byte, MaxData+1)},
	} {
		if err := j.Append(t.Context(), e.subject, e.id, e.data); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q %q: %v", e.subject, e.id, err)
		}
	}
	if err := j.Append(t.Context(), "pkt.a.up", "large", make([]byte, MaxData)); err != nil {
		t.Error(err)
	}
	end()
	if err := j.Append(t.Context(), "pkt.a.up", "late", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// TestLogStartsAgain: the server under the journal dies while entries come.
func TestLogStartsAgain(t *testing.T) {
	j, _ := running(t, Config{}, t.TempDir())
	fill(t, j, "before", 50, 200)
	done := make(chan struct{})
	go func() { fill(t, j, "while", 50, 3000); close(done) }()
	await(t, "some of them", func() bool { s, err := j.Status(t.Context()); return err == nil && s.Records > 400 })
	conn, err := j.keeper.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn.stop()
	<-done
	if found := ids(contents(t, j, Query{})); len(found) != 3200 {
		t.Errorf("%d entries, want 3200", len(found))
	}
}

// TestReadersGoOn: a log that is started again is no end for who reads it. Each record comes
// once, in order; a journal that is closed is an end.
func TestReadersGoOn(t *testing.T) {
	j, end := running(t, Config{}, t.TempDir())
	fill(t, j, "before", 1, 500)
	restart := func() {
		conn, err := j.keeper.take(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		j.keeper.drop(conn)
	}
	var followed, once []uint64
	ended := make(chan error, 1)
	enough := make(chan struct{})
	go func() {
		ended <- j.Read(t.Context(), Query{Follow: true}, func(r Record) error {
			if followed = append(followed, r.Seq); len(followed) == 1000 {
				close(enough)
			}
			return nil
		})
	}()
	err := j.Read(t.Context(), Query{}, func(r Record) error {
		if once = append(once, r.Seq); len(once)%200 == 0 {
			restart()
		}
		return nil
	})
	if err != nil || !isCount(once, 500) {
		t.Errorf("%d records, %v", len(once), err)
	}
	fill(t, j, "after", 4, 500)
	<-enough
	end()
	if err := <-ended; !errors.Is(err, ErrClosed) || !isCount(followed, 1000) {
		t.Errorf("%d records followed, %v", len(followed), err)
	}
}

// isCount says whether a list is 1, 2, 3 to n.
func isCount(list []uint64, n int) bool {
	for i, seq := range list {
		if seq != uint64(i+1) {
			return false
		}
	}
	return len(list) == n
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	running(t, Config{}, dir)
	if _, err := Open(t.Context(), Config{}, dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrInUse) {
		t.Errorf("a second owner: %v", err)
	}
}

// TestFullByLimit: the log's own limit; nothing that was taken makes room.
func TestFullByLimit(t *testing.T) {
	j, _ := running(t, Config{MaxBytes: 16 << 20}, t.TempDir())
	var err error
	taken := 0
	for ; err == nil && taken < 100; taken++ {
		err = j.Append(t.Context(), "pkt.a.up", fmt.Sprint(taken), make([]byte, MaxData))
	}
	if taken--; !errors.Is(err, ErrFull) || taken != 15 {
		t.Errorf("%d entries taken, then %v", taken, err)
	}
	if got := len(contents(t, j, Query{})); got != taken {
		t.Errorf("%d records, %d were taken", got, taken)
	}
	status, err := j.Status(t.Context())
	if err != nil || status.Alarm(0) == "" {
		t.Errorf("%+v, %v: no alarm", status, err)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, inFlight := range []int{1, 4, 8, 12, 16, 32, 100, 256, 1000} {
		b.Run(fmt.Sprint(inFlight), func(b *testing.B) {
			j, _ := running(b, Config{}, b.TempDir())
			data := make([]byte, 250)
			var number atomic.Int64
			var all sync.WaitGroup
			b.ResetTimer()
			for range inFlight {
				all.Go(func() {
					for i := number.Add(1); i <= int64(b.N); i = number.Add(1) {
						if err := j.Append(context.Background(), "pkt.0123456789abcdef.up", fmt.Sprint(i), data); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// TestReadSince: what the log took from a time on, and all of it for a time long ago.
func TestReadSince(t *testing.T) {
	j, _ := running(t, Config{}, t.TempDir())
	fill(t, j, "first", 1, 3)
	all := contents(t, j, Query{})
	between := all[1].Time
	for _, c := range []struct {
		since time.Time
		want  int
	}{{time.Time{}, 3}, {time.Unix(0, 0), 3}, {between, 2}, {all[2].Time.Add(time.Nanosecond), 0}} {
		if got := contents(t, j, Query{Since: c.since}); len(got) != c.want {
			t.Errorf("since %v: %d records, want %d", c.since, len(got), c.want)
		}
	}
}
