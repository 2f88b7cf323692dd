package spool

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)

func TestRecordIsGivenUntilSettled(t *testing.T) {
	s := openNew(t)
	r, ctx := s.Records("report"), t.Context()
	must(t, r.Put(ctx, []byte("k"), []byte("body"), start))
	must(t, r.Put(ctx, []byte("k"), []byte("body"), start.Add(time.Hour))) // again: nothing changes
	if err := r.Put(ctx, []byte("k"), []byte("other"), start); !errors.Is(err, ErrTaken) {
		t.Errorf("another body under the same key: %v", err)
	}
	if _, ok, err := s.Records("opening").Next(ctx, start); ok || err != nil {
		t.Errorf("another kind has it: %v", err)
	}
	now := start
	for tries, pause := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
		got, ok, err := r.Next(ctx, now)
		if err != nil || !ok || string(got.Key) != "k" || string(got.Body) != "body" || got.Tries != tries+1 || !got.At.Equal(start) {
			t.Fatalf("try %d: %+v, %v, %v", tries+1, got, ok, err)
		}
		if _, ok, _ := r.Next(ctx, now.Add(pause-time.Millisecond)); ok {
			t.Errorf("try %d: given again too early", tries+1)
		}
		now = now.Add(pause)
	}
	must(t, r.Ack(ctx, []byte("k"), []byte("receipt"), now))
	if err := r.Ack(ctx, []byte("k"), nil, now); !errors.Is(err, ErrUnknown) {
		t.Errorf("acknowledged twice: %v", err)
	}
	if _, ok, err := r.Next(ctx, now.Add(time.Hour)); ok || err != nil {
		t.Errorf("given after its acknowledgement, %v", err)
	}
	must(t, r.Put(ctx, []byte("k"), []byte("body"), now)) // known, and settled
	if _, ok, _ := r.Next(ctx, now.Add(time.Hour)); ok {
		t.Error("put again after its acknowledgement")
	}
}

func TestRecent(t *testing.T) {
	r, ctx := openNew(t).Records("report"), t.Context()
	for i, at := range []time.Duration{0, time.Hour, time.Minute} { // a clock may be set back
		must(t, r.Put(ctx, []byte{1, byte(i)}, []byte{byte(i)}, start.Add(at)))
	}
	must(t, r.Ack(ctx, []byte{1, 2}, []byte("receipt"), start.Add(time.Hour)))
	for limit, want := range map[int]string{9: "[[2] [1] [0]]", 2: "[[2] [1]]", 0: "[]"} {
		got, err := r.Recent(ctx, limit)
		if fmt.Sprint(got) != want || err != nil {
			t.Errorf("at most %d: %v, %v, want %s", limit, got, err, want)
		}
	}
}

func TestPauses(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 1000: time.Hour} {
		if got := pauseAfter(tries); got != want {
			t.Errorf("after %d tries %v, want %v", tries, got, want)
		}
	}
}

func TestHasten(t *testing.T) {
	r, ctx := openNew(t).Records("report"), t.Context()
	for i := range 3 {
		must(t, r.Put(ctx, []byte{byte(i)}, nil, start))
		if _, ok, err := r.Next(ctx, start); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if _, ok, _ := r.Next(ctx, start); ok {
		t.Error("due before it was hastened")
	}
	must(t, r.Hasten(ctx))
	for i := range 3 {
		if got, ok, err := r.Next(ctx, start); !ok || err != nil || got.Key[0] != byte(i) || got.Tries != 2 {
			t.Errorf("%d: %+v, %v, %v", i, got, ok, err)
		}
	}
}

// TestReceiptsAreKept for 30 days, over restarts, refusals with their reason.
func TestReceiptsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	r, ctx := openAt(t, Config{Path: path}, quiet()).Records("report"), t.Context()
	for _, k := range []string{"a", "b", "c"} {
		must(t, r.Put(ctx, []byte(k), []byte("body "+k), start))
	}
	must(t, r.Ack(ctx, []byte("a"), []byte("receipt"), start.Add(time.Hour)))
	must(t, r.Refuse(ctx, []byte("b"), "too_late", start.Add(2*time.Hour)))
	r = openAt(t, Config{Path: path}, quiet()).Records("report")
	list, err := r.Settled(ctx, start, 10)
	must(t, err)
	if len(list) != 2 || string(list[0].Answer) != "receipt" || list[0].Refused || string(list[1].Answer) != "too_late" || !list[1].Refused || string(list[1].Body) != "body b" {
		t.Errorf("settled: %+v", list)
	}
	must(t, r.Ack(ctx, []byte("c"), nil, start.Add(time.Hour+KeepSettled+time.Millisecond)))
	if list, err = r.Settled(ctx, start, 10); err != nil || len(list) != 2 || string(list[0].Key) != "b" {
		t.Errorf("after 30 days: %+v, %v", list, err)
	}
}

func TestRecordBounds(t *testing.T) {
	s := openNew(t)
	r, ctx := s.Records("report"), t.Context()
	for name, c := range map[string]struct{ key, body int }{"no key": {0, 1}, "long key": {mostKey + 1, 1}, "long body": {1, mostBody + 1}} {
		if err := r.Put(ctx, make([]byte, c.key), make([]byte, c.body), start); err == nil {
			t.Errorf("%s: kept", name)
		}
	}
	must(t, r.Put(ctx, []byte("first"), nil, start))
	if _, err := s.db.Exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO item (queue, number, at, body, key) SELECT (SELECT queue FROM item), i, 0, x'', 'k' || i FROM n`, MostRecords); err != nil {
		t.Fatal(err)
	}
	if err := r.Put(ctx, []byte("more"), nil, start); !errors.Is(err, ErrFull) {
		t.Errorf("record %d: %v", MostRecords+1, err)
	}
	must(t, r.Ack(ctx, []byte("first"), nil, start))
	must(t, r.Put(ctx, []byte("more"), nil, start))
}

// TestRecordsModel compares with a list in memory.
func TestRecordsModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	kind := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := openAt(t, Config{Path: path}, quiet())
		kind++
		r, ctx, now := s.Records(fmt.Sprint(kind)), t.Context(), start
		var open []string // waiting, in the order of putting
		due := map[string]time.Time{}
		tries := map[string]int{}
		settled := map[string]bool{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			key := string(rune('a' + rapid.IntRange(0, 7).Draw(rt, "key")))
			switch rapid.SampledFrom([]string{"put", "put", "next", "next", "ack", "refuse", "wait"}).Draw(rt, "step") {
			case "put":
				must(t, r.Put(ctx, []byte(key), []byte(key), now))
				if !settled[key] && !slices.Contains(open, key) {
					open = append(open, key)
				}
			case "next":
				want := ""
				for _, k := range open {
					if !due[k].After(now) && (want == "" || due[k].Before(due[want])) {
						want = k
					}
				}
				got, ok, err := r.Next(ctx, now)
				if err != nil || ok != (want != "") || string(got.Key) != want {
					rt.Fatalf("next is %q, %v, want %q", got.Key, err, want)
				}
				if ok {
					tries[want]++
					due[want] = now.Add(pauseAfter(tries[want]))
				}
			case "ack", "refuse":
				err := r.settle(ctx, []byte(key), acknowledged, nil, now)
				if known := slices.Contains(open, key); errors.Is(err, ErrUnknown) == known {
					rt.Fatalf("%q: %v", key, err)
				} else if known {
					settled[key] = true
					open = slices.DeleteFunc(open, func(k string) bool { return k == key })
				}
			case "wait":
				now = now.Add(time.Duration(rapid.IntRange(1, 100).Draw(rt, "seconds")) * time.Second)
			}
		}
	})
}
