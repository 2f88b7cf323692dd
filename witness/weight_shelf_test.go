package witness

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"hexspot/radio"
)

var errShelf = errors.New("the shelf is full")

// bookOf is a book of an epoch over shelves: of a town whose cases are judged, and of two others,
// which begin with stateBefore. None of its shelves stays empty.
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
	farTowns(t).live(b)
	return b
}

func stateBefore(t *testing.T) LinkState { return farTowns(t).state }

// crews are the numbers of goroutines that tests of shelves are run with.
var crews = [...]int{1, 2, 5, 16}

// TestAShelfThatFails: whichever shelf it is that cannot keep an item, or not give all items again,
// there are no weights.
func TestAShelfThatFails(t *testing.T) {
	settle := func(c *cabinet, workers int) error {
		_, _, err := bookOf(t, c.shelf).settle(stateBefore(t), 1, workers)
		return err
	}
	sound := &cabinet{broken: none}
	if err := settle(sound, 1); err != nil {
		t.Fatal(err)
	}
	sound.check(t)
	for n, s := range sound.shelves {
		for _, workers := range crews {
			for _, fails := range []int64{1, (s.puts.Load() + 1) / 2} {
				if err := settle(&cabinet{broken: n, frail: frail{fails: fails}}, workers); !errors.Is(err, errShelf) {
					t.Errorf("shelf %d fails at put %d of some %d, %d workers: %v", n, fails, s.puts.Load(), workers, err)
				}
			}
			if err := settle(&cabinet{broken: n, frail: frail{cut: 1}}, workers); err == nil {
				t.Errorf("shelf %d, %d workers: an item without its end was read", n, workers)
			}
		}
	}
}

// TestAStateThatStaysWhereItIs gives the same bytes as one in memory, and is refused where
// that is.
func TestAStateThatStaysWhereItIs(t *testing.T) {
	state, _, err := bookOf(t, inMemory).Settle(stateBefore(t), 1)
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
	state, _, err := bookOf(t, inMemory).Settle(stateBefore(t), 1)
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
