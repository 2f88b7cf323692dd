package witness

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"hexspot/radio"
)

var errShelf = errors.New("the shelf is full")

// frail is a shelf that fails after some items, or gives only a part of what it has.
type frail struct {
	memoryShelf
	left *atomic.Int64
	cut  int64
}

func (f *frail) Put(drawer int, item []byte) error {
	if f.left.Add(-1) < 0 {
		return errShelf
	}
	return f.memoryShelf.Put(drawer, item)
}

func (f *frail) Open(drawer int) (io.Reader, int64) {
	from, size := f.memoryShelf.Open(drawer)
	return io.LimitReader(from, max(0, size-f.cut)), size
}

// bookOf is a book of a town's epoch over shelves.
func bookOf(t *testing.T, shelves Shelves) *LinkBook {
	t.Helper()
	e := town(t, hexspot1, 11, 8, 24)
	e.Parameters = quick()
	verdicts, _, err := e.Judge(1)
	if err != nil {
		t.Fatal(err)
	}
	of := map[caseName]*Verdict{}
	for i := range verdicts {
		of[caseName{verdicts[i].Tag, verdicts[i].Slot}] = &verdicts[i]
	}
	b := NewLargeLinkBook(e.Parameters, &radio.Stations{}, shelves)
	for i := range e.Cases {
		b.Add(&e.Cases[i], of[caseName{e.Cases[i].Tag, e.Cases[i].Slot}])
	}
	return b
}

// TestAShelfThatFails: whichever item it is that cannot be kept, or not be read again whole,
// there are no weights.
func TestAShelfThatFails(t *testing.T) {
	var left atomic.Int64
	settle := func(puts, cut int64, workers int) error {
		left.Store(puts)
		_, _, err := bookOf(t, func() Shelf { return &frail{left: &left, cut: cut} }).settle(LinkState{}, 1, workers)
		return err
	}
	const many = 1 << 30
	if err := settle(many, 0, 1); err != nil {
		t.Fatal(err)
	}
	puts := many - left.Load()
	for _, fails := range []int64{0, 1, puts / 2, puts * 3 / 4, puts - 1} {
		for _, workers := range []int{1, 4} {
			if err := settle(fails, 0, workers); !errors.Is(err, errShelf) {
				t.Errorf("after %d of %d puts, %d workers: %v", fails, puts, workers, err)
			}
		}
	}
	if err := settle(many, 1, 1); err == nil {
		t.Error("an item without its end was read")
	}
}

// TestAStateThatStaysWhereItIs gives the same bytes as one in memory, and is refused where
// that is.
func TestAStateThatStaysWhereItIs(t *testing.T) {
	state, _, err := bookOf(t, inMemory).Settle(LinkState{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	text := state.AppendText(nil)
	settle := func(before LinkState) (text []byte, err error) {
		links, err := bookOf(t, inMemory).SettleLarge(t.Context(), before, 2, 3)
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		err = errors.Join(links.WriteState(t.Context(), &out, 3), links.WriteWeights(t.Context(), &out, 3))
		return out.Bytes(), err
	}
	want, err := settle(state)
	if err != nil || !strings.Contains(string(want), "\nlink ") {
		t.Fatal(err)
	}
	open := func(text []byte) (LinkState, error) {
		return OpenLinkState(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil })
	}
	lines, err := open(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := settle(lines); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v: the state as text gives other bytes", err)
	}
	all := bytes.SplitAfter(text, []byte("\n"))
	all[1], all[2] = all[2], all[1]
	for name, text := range map[string][]byte{
		"not in order": bytes.Join(all, nil), "no end": text[:len(text)-1], "twice": append(bytes.Clone(text), all[len(all)-2]...), "nothing": nil,
	} {
		lines, err := open(text)
		if err == nil {
			_, err = settle(lines)
		}
		if err == nil {
			t.Errorf("%s: taken", name)
		}
		if _, err := ParseLinkState(text); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
}

// TestAStateIsReadInStretches of any size, by any number of goroutines, to the same sums; and
// its order is checked where they meet, too.
func TestAStateIsReadInStretches(t *testing.T) {
	state, _, err := bookOf(t, inMemory).Settle(LinkState{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	text := state.AppendText(nil)
	enter := func(text []byte, workers, size int) ([]byte, error) {
		lines, err := OpenLinkState(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil })
		if err != nil {
			return nil, err
		}
		s, err := NewLinkBook(quick()).settling(crew{t.Context(), workers}, LinkState{}, state.Generation)
		if err != nil {
			return nil, err
		}
		if err := s.enterText(lines, size); err != nil {
			return nil, err
		}
		s.order()
		if err := s.sum(); err != nil {
			return nil, err
		}
		after, err := (&SettledLinks{by: s.by, names: s.book.stations, after: s.after}).state()
		return after.AppendText(nil), err
	}
	for _, size := range []int{300, 1000, 1 << 12, 1 << 20} {
		for _, workers := range []int{1, 3} {
			if got, err := enter(text, workers, size); err != nil || !bytes.Equal(got, text) {
				t.Errorf("stretches of %d bytes, %d workers: %v, %d bytes of %d", size, workers, err, len(got), len(text))
			}
		}
	}
	if _, err := enter(text, 2, 20); err == nil {
		t.Error("a line longer than a stretch was taken")
	}
	all := bytes.SplitAfter(text, []byte("\n"))
	for i := 1; i+2 < len(all); i += 7 {
		all[i], all[i+1] = all[i+1], all[i]
		if _, err := enter(bytes.Join(all, nil), 2, 300); !errors.Is(err, errLinkState) {
			t.Errorf("lines %d and %d changed places: %v", i, i+1, err)
		}
		all[i], all[i+1] = all[i+1], all[i]
	}
}
