package network

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
)

// watched are instances of one network with one book and one journal, in a time of their own.
type watched struct {
	t       *testing.T
	network radio.Network
	journal *readable
	time    witness.Millis
	logged  bytes.Buffer
	one     Data
	swapped func(witness.Slot) bool // in which slots they wake in the other order, nil: in none
}

// readable is a journal that can be read, too.
type readable struct {
	flaky
	mu    sync.Mutex
	asked int
	fails int // to read so often
}

func (r *readable) Append(ctx context.Context, subject, id string, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flaky.Append(ctx, subject, id, data)
}

func (r *readable) Read(_ context.Context, q journal.Query, each func(journal.Record) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked++; r.asked <= r.fails {
		return journal.ErrSlow
	}
	if len(q.Subjects) != 2 || q.Since.IsZero() {
		return errors.New("the whole journal is read")
	}
	for _, data := range r.data {
		if err := each(journal.Record{Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// newWatched begins in the middle of an epoch of the demo, of which the time is a slot's start.
func newWatched(t *testing.T) *watched {
	w := &watched{t: t, journal: &readable{}, one: Data(t.TempDir())}
	var err error
	w.network, err = w.one.network()
	must(t, err)
	timing := demoTiming(t)
	from, _ := (witness.Schedule{Timing: timing}).Slots(timing.Epoch(timing.SlotAt(present())) + 1)
	w.time = timing.Start(from + 3)
	return w
}

// spare is another instance's directory with the same key.
func (w *watched) spare() Data {
	w.t.Helper()
	other := Data(w.t.TempDir())
	key, err := os.ReadFile(w.one.path(keyFile))
	must(w.t, err)
	must(w.t, os.WriteFile(other.path(keyFile), key, 0o600))
	return other
}

// start starts an instance.
func (w *watched) start(data Data) *desk {
	d := newDesk(w.t, data, func(c *CoverageConfig) { c.Book = "sqlite:" + w.one.path("shared.db") })
	d.entropy.clock = func() witness.Millis { return w.time }
	d.entropy.journal, d.entropy.earlier = w.journal, w.journal
	d.entropy.log = slog.New(slog.NewTextHandler(&w.logged, nil))
	return d
}

// run lets slots pass in which some instances live.
func (w *watched) run(slots int, alive ...*desk) {
	w.t.Helper()
	for range slots {
		if w.swapped != nil && w.swapped(demoTiming(w.t).SlotAt(w.time)) {
			alive = slices.Clone(alive)
			slices.Reverse(alive)
		}
		for _, d := range alive {
			must(w.t, stepped(w.t, d.entropy, w.time))
		}
		w.time = demoTiming(w.t).End(demoTiming(w.t).SlotAt(w.time))
	}
}

// serves has slots pass in which two instances live, and one of them alone reveals values.
func (w *watched) serves(slots int, one, spare *desk) {
	w.t.Helper()
	for range slots {
		w.run(1, one, spare)
		if w.value(one).Slot != w.now() || w.value(spare).Slot == w.now() {
			w.t.Fatalf("%+v and %+v in slot %d: %s", w.value(one), w.value(spare), w.now(), &w.logged)
		}
	}
}

// value is what an instance publishes as the newest value, and that no value is early.
func (w *watched) value(d *desk) witness.Value {
	w.t.Helper()
	text := d.last(valueTopic)
	if text == nil {
		return witness.Value{}
	}
	list, err := witness.ParseValues(text)
	must(w.t, err)
	if demoTiming(w.t).Start(list[0].Slot) > w.time {
		w.t.Error("a value is early")
	}
	return list[0]
}

// now is the slot whose values are out.
func (w *watched) now() witness.Slot { return demoTiming(w.t).SlotAt(w.time) - 1 }

// TestEntropyAfterItsDirectoryIsGone: an instance that is restored without the seeds finds that
// nobody has them, and begins the next revision within the epoch; the old anchor stays published
// with the last value, and all values lead to the anchors.
func TestEntropyAfterItsDirectoryIsGone(t *testing.T) {
	w := newWatched(t)
	d := w.start(w.one)
	w.run(8, d)
	before := w.value(d)
	if before.Slot != w.now() || before.Revision != 0 {
		t.Fatalf("%+v in slot %d", before, w.now())
	}
	must(t, d.close())
	must(t, os.RemoveAll(w.one.path(chainsDir)))
	d = w.start(w.one)
	w.run(8, d)
	after := w.value(d)
	if after.Slot != w.now() || after.Revision != 1 {
		t.Fatalf("%+v in slot %d: %s", after, w.now(), &w.logged)
	}
	chains := witness.NewChains(w.network)
	anchors, err := witness.ParseAnchors(d.last(anchorTopic))
	must(t, err)
	for _, a := range anchors {
		must(t, chains.AddAnchor(a))
	}
	must(t, chains.AddValue(before))
	must(t, chains.AddValue(after))
	if v, ok := chains.Value(before.Slot); !ok || v != before {
		t.Errorf("a slot of before is served by %+v", v)
	}
	for _, want := range []string{"level=WARN", "nobody reveals a chain of entropy any more", "last_revealed="} {
		if !strings.Contains(w.logged.String(), want) {
			t.Errorf("the log does not say %q: %s", want, &w.logged)
		}
	}
	w.run(25, d) // the next epoch
	if v := w.value(d); v.Slot != w.now() || v.Revision != 0 {
		t.Errorf("%+v in the next epoch", v)
	}
}

// TestEntropyIsRecalledAgain: a journal that has no answer is asked again, not in each slot, until it has one; what it has
// of the chain is published then.
func TestEntropyIsRecalledAgain(t *testing.T) {
	w := newWatched(t)
	d := w.start(w.one)
	w.run(8, d)
	before, old := w.value(d), d.last(anchorTopic)
	must(t, d.close())
	must(t, os.RemoveAll(w.one.path(chainsDir)))
	w.journal.fails = 2
	d = w.start(w.one)
	var tries []witness.Slot
	for range 16 {
		asked := w.journal.asked
		if err := stepped(t, d.entropy, w.time); err != nil && !errors.Is(err, journal.ErrSlow) {
			t.Fatal(err)
		}
		w.time = demoTiming(t).End(demoTiming(t).SlotAt(w.time))
		if w.journal.asked > asked {
			tries = append(tries, w.now())
		}
	}
	if len(tries) != 3 || tries[1] < tries[0]+recallPause || tries[2] < tries[1]+recallPause {
		t.Errorf("the journal was asked in the slots %v: %s", tries, &w.logged)
	}
	if v := w.value(d); v.Slot != w.now() || v.Revision != 1 {
		t.Errorf("%+v in slot %d", v, w.now())
	}
	chains := witness.NewChains(w.network)
	anchors, err := witness.ParseAnchors(d.last(anchorTopic))
	must(t, err)
	was, err := witness.ParseAnchors(old)
	must(t, err)
	for _, a := range anchors {
		must(t, chains.AddAnchor(a))
	}
	if len(anchors) < 2 || !slices.ContainsFunc(anchors, func(a radio.Signed) bool { return bytes.Equal(a.Append(nil), was[0].Append(nil)) }) {
		t.Errorf("of %d anchors none is that of the chain of before", len(anchors))
	}
	must(t, chains.AddValue(before))
}

// TestEntropyOfTwoLivingInstances: the second one leaves it to the first, also after a start in
// the middle of an epoch.
func TestEntropyOfTwoLivingInstances(t *testing.T) {
	w := newWatched(t)
	other := w.spare()
	a, b := w.start(w.one), w.start(other)
	w.run(12, a, b)
	must(t, b.close())
	b = w.start(other)
	w.run(40, a, b)
	if b.last(valueTopic) != nil || w.value(a).Revision != 0 || w.value(a).Slot != w.now() {
		t.Errorf("the first reveals %+v, the second %+v: %s", w.value(a), w.value(b), &w.logged)
	}
	if strings.Contains(w.logged.String(), "level=WARN") {
		t.Error(&w.logged)
	}
}

// TestEntropyInAnyOrder: in whatever order two instances wake, one of them has all epochs while
// it lives, and then the other one, also beside the first when that comes back.
func TestEntropyInAnyOrder(t *testing.T) {
	timing := demoTiming(t)
	for name, swapped := range map[string]func(witness.Slot) bool{
		"one first":       func(witness.Slot) bool { return false },
		"the other first": func(witness.Slot) bool { return true },
		"slot by slot":    func(k witness.Slot) bool { return k%2 == 1 },
		"epoch by epoch":  func(k witness.Slot) bool { return timing.Epoch(k)%2 == 1 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatched(t)
			w.swapped = swapped
			one, two := w.one, w.spare()
			a, b := w.start(one), w.start(two)
			w.run(4, a, b)
			if w.value(a).Slot == 0 {
				a, b, one = b, a, two
			}
			w.serves(67, a, b) // over two ends of an epoch
			must(t, a.close())
			w.run(8, b)
			a = w.start(one)
			w.serves(60, b, a)
		})
	}
}

// TestEntropyOfASpare: of two spares one takes over when the first instance has died; when
// that one comes back with its seeds it leaves the chain to the spare.
func TestEntropyOfASpare(t *testing.T) {
	w := newWatched(t)
	a, b, c := w.start(w.one), w.start(w.spare()), w.start(w.spare())
	w.run(6, a, b, c)
	died := w.value(a)
	must(t, a.close())
	w.run(8, b, c)
	if v := w.value(b); v.Slot != w.now() || v.Revision != 1 || w.value(c) != died {
		t.Fatalf("the spares reveal %+v and %+v in slot %d: %s", v, w.value(c), w.now(), &w.logged)
	}
	a = w.start(w.one)
	w.run(5, a, b, c)
	if a.last(valueTopic) != nil {
		t.Errorf("who comes back reveals %+v", w.value(a))
	}
	if v := w.value(b); v.Slot != w.now() || v.Revision != 1 || w.value(c) != died {
		t.Errorf("then the spares reveal %+v and %+v in slot %d", v, w.value(c), w.now())
	}
	if !strings.Contains(w.logged.String(), "another instance has begun the next revision") {
		t.Error("who came back says nothing: ", &w.logged)
	}
}

// TestEntropyWithoutItsBook: while the book does not answer nothing is taken over, and whoever
// has the seed goes on.
func TestEntropyWithoutItsBook(t *testing.T) {
	w := newWatched(t)
	a, b := w.start(w.one), w.start(w.spare())
	w.run(6, a, b)
	for _, d := range []*desk{a, b} {
		must(t, d.registry.Close())
	}
	for range 6 {
		for _, d := range []*desk{a, b} {
			if stepped(t, d.entropy, w.time) == nil {
				t.Error("a book that does not answer is no error")
			}
		}
		w.time = demoTiming(t).End(demoTiming(t).SlotAt(w.time))
	}
	if w.value(a).Slot != w.now() || b.last(valueTopic) != nil {
		t.Errorf("the first reveals %+v, the second %+v in slot %d", w.value(a), w.value(b), w.now())
	}
}
