package network

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/internal/journal"
	"hexspot/internal/store"
	"hexspot/internal/testlog"
	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// hanging is a journal that hangs at times, as one whose server stands still.
type hanging struct {
	mu   sync.Mutex
	here chan struct{} // closed while it does not hang
	data [][]byte
	ids  map[string]int
}

// hang hangs until the returned function is called.
func (h *hanging) hang() (on func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	gone := make(chan struct{})
	h.here = gone
	return func() { close(gone) }
}

// Append gives up after as long as the journal does.
func (h *hanging) Append(ctx context.Context, _, id string, data []byte) error {
	h.mu.Lock()
	here := h.here
	h.mu.Unlock()
	select {
	case <-here:
	case <-time.After(15 * time.Second):
		return journal.ErrSlow
	case <-ctx.Done():
		return ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.data = append(h.data, data)
	h.ids[id]++
	return nil
}

// unbounded is a book that is one instance's alone, and whose claims hang while the journal does.
type unbounded struct{ *hanging }

func (u unbounded) Claim(ctx context.Context, _ store.Claim) error {
	u.mu.Lock()
	here := u.here
	u.mu.Unlock()
	select {
	case <-here:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (unbounded) Revealed(context.Context, uint64, uint32, uint64) error { return nil }

func (unbounded) Claims(context.Context, uint64, uint32) ([]store.Claim, error) { return nil, nil }

// shown is what was published, and when.
type shown struct {
	t      *testing.T
	timing witness.Timing

	mu      sync.Mutex
	values  []published
	anchors int // in the newest list
}

func (s *shown) publish(topic string, payload []byte, _ bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if topic == anchorTopic {
		list, err := witness.ParseAnchors(payload)
		s.anchors = len(list)
		return err
	}
	list, err := witness.ParseValues(payload)
	if err != nil {
		return err
	}
	if at := present(); at != s.timing.Start(list[0].Slot) {
		s.t.Errorf("the value of slot %d is %d ms late", list[0].Slot, at-s.timing.Start(list[0].Slot))
	}
	s.values = append(s.values, published{list[0], present()})
	return nil
}

// count is how many values were published, and how many anchors are.
func (s *shown) count() (values, anchors int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.values), s.anchors
}

// check compares with what the journal has from its values: all, once and in order.
func (s *shown) check(j *hanging) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	for id, n := range j.ids {
		if n != 1 {
			s.t.Errorf("%s is journaled %d times", id, n)
		}
	}
	var logged [][]byte
	for _, data := range j.data {
		if list, err := witness.ParseValues(data[stampSize:]); err == nil && len(list) == 1 {
			logged = append(logged, data)
		}
	}
	if len(logged) != len(s.values) {
		s.t.Fatalf("%d values are journaled of %d that were published", len(logged), len(s.values))
	}
	for i, p := range s.values {
		if want := stamped(p.at, witness.AppendValues(nil, []witness.Value{p.value})); !bytes.Equal(logged[i], want) {
			s.t.Errorf("value %d is journaled as %x, want %x", i, logged[i], want)
		}
	}
}

// beside makes entropy with the default timing over a journal that can hang.
func beside(t *testing.T) (*entropy, *hanging, *shown) {
	t.Helper()
	data := Data(t.TempDir())
	id, err := data.network()
	must(t, err)
	here := make(chan struct{})
	close(here)
	j := &hanging{here: here, ids: map[string]int{}}
	s := &shown{t: t}
	parts := provingParts{journal: j, publish: s.publish, log: testlog.New(t)}
	must(t, parts.unlock(data, id))
	parts.schedule, err = witness.ScheduleNamed("default")
	must(t, err)
	s.timing = parts.schedule.Timing
	parts.parameters, err = CoverageConfig{}.parameters()
	must(t, err)
	chains, err := chaindir.Open(data.path(chainsDir))
	must(t, err)
	e, err := newEntropy(parts, chains, unbounded{j})
	must(t, err)
	return e, j, s
}

// TestValuesAreOnTimeWhateverTheJournalDoes: a journal that hangs for minutes, also when an anchor
// is due, delays no value, and has all of them afterwards; an anchor that it does not have is not
// published, and is when it has it.
func TestValuesAreOnTimeWhateverTheJournalDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, j, s := beside(t)
		ctx, end := context.WithCancel(t.Context())
		time.Sleep(22*time.Hour + 30*time.Second) // an epoch is a day, anchors come an hour ahead
		var running sync.WaitGroup
		running.Go(func() { _ = e.run(ctx) })
		sleep := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		sleep(20 * time.Minute)
		if values, anchors := s.count(); values != 19 || anchors != 1 {
			t.Fatalf("%d values and %d anchors before", values, anchors)
		}
		on := j.hang()
		sleep(15 * time.Minute)
		on()
		sleep(15 * time.Minute)
		s.check(j)
		on = j.hang()
		sleep(30 * time.Minute)
		if _, anchors := s.count(); anchors != 1 {
			t.Error("an anchor is published that the journal does not have")
		}
		on()
		sleep(5 * time.Second)
		if _, anchors := s.count(); anchors != 2 {
			t.Errorf("%d anchors are published when the journal goes on", anchors)
		}
		sleep(time.Hour)
		end()
		running.Wait()
		if values, _ := s.count(); values != 139 {
			t.Errorf("%d values", values)
		}
		s.check(j)
	})
}

// lengthy is a journal whose log takes so long to read.
type lengthy struct {
	takes time.Duration
	read  atomic.Int32 // to the end
}

func (s *lengthy) Read(ctx context.Context, _ journal.Query, _ func(journal.Record) error) error {
	select {
	case <-time.After(s.takes):
		s.read.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestNothingWaitsForARecall: a log that takes longer to read than anything else may take is read once, to its end, and
// values are on time and journaled meanwhile.
func TestNothingWaitsForARecall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, j, s := beside(t)
		old := &lengthy{takes: 110 * time.Second}
		e.earlier = old
		ctx, end := context.WithCancel(t.Context())
		time.Sleep(30 * time.Second) // slots are of a minute
		e.abandoned(ctx, witness.ChainWatched{To: e.schedule.SlotAt(e.now()) + 1000, Revision: 0})
		var running sync.WaitGroup
		running.Go(func() { _ = e.run(ctx) })
		for _, c := range []struct {
			wait time.Duration
			read int32
		}{{100 * time.Second, 0}, {20 * time.Second, 1}, {8 * time.Minute, 1}} {
			time.Sleep(c.wait)
			synctest.Wait()
			if n := old.read.Load(); n != c.read {
				t.Errorf("the log was read %d times after %v more", n, c.wait)
			}
			s.check(j)
			if values, _ := s.count(); values == 0 {
				t.Errorf("there are no values after %v more", c.wait)
			}
		}
		end()
		running.Wait()
	})
}
