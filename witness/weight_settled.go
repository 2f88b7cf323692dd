package witness

import (
	"context"
	"io"
	"slices"
	"sync"

	"hexspot/radio"
)

// SettledLinks are the state after an epoch and its weights, on shelves. They give everything
// as often as they are asked, one goroutine at a time.
type SettledLinks struct {
	before   *LinkState // nil: there are weights
	by       []uint32   // numbers of stations in their order
	names    *radio.Stations
	after    afterState
	stations Shelf   // their clues, in order
	links    Shelf   // their own clues, in order
	least    []int16 // weight that the clues of a station leave
}

// name is the station with a place in the order.
func (l *SettledLinks) name(s uint32) radio.Station { return l.names.At(l.by[s]) }

// entries gives the entries of a kind in a drawer, in order.
func (l *SettledLinks) entries(kind, drawer int, each func(stateEntry) error) error {
	var c contents
	if err := c.read(l.after.shelves[kind], drawer, byPair); err != nil {
		return err
	}
	sums := make([]int64, 2*stateNumbers[kind])
	return c.each(func(key uint64, f *itemFields) error {
		f.number()
		f.number()
		f.read(sums)
		return each(stateEntry{kind, l.name(uint32(key >> 32)), l.name(uint32(key)), sums})
	})
}

// state is the state after the epoch, in memory.
func (l *SettledLinks) state() (LinkState, error) {
	if l.before != nil {
		return *l.before, nil
	}
	after := newLinkState(l.after.generation)
	for kind := range stateKinds {
		for drawer := range Drawers {
			err := l.entries(kind, drawer, func(e stateEntry) error {
				after.enter(e)
				return nil
			})
			if err != nil {
				return after, err
			}
		}
	}
	return after, nil
}

// WriteState writes the state after the epoch, as LinkState.AppendText does, by some
// goroutines.
func (l *SettledLinks) WriteState(ctx context.Context, w io.Writer, workers int) error {
	if l.before != nil {
		return l.before.WriteText(w)
	}
	out := textSink{w: w}
	out.generation(l.after.generation)
	if err := out.flush(); err != nil {
		return err
	}
	for kind := range stateKinds {
		err := crew{ctx, workers}.write(w, func(drawer int, out *textSink) error {
			return l.entries(kind, drawer, out.entry)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// entry writes a line of a state.
func (s *textSink) entry(e stateEntry) error {
	s.b = e.appendText(s.b)
	s.line()
	return s.err
}

// WriteWeights writes all weights with their evidence, as Weights.AppendText does, by some
// goroutines.
func (l *SettledLinks) WriteWeights(ctx context.Context, w io.Writer, workers int) error {
	by := crew{ctx, workers}
	err := by.write(w, func(drawer int, out *textSink) error {
		return l.eachStation(drawer, func(s uint32, clues []Clue) { out.station(l.name(s), clues) })
	})
	if err != nil {
		return err
	}
	return by.write(w, func(drawer int, out *textSink) error {
		return l.eachLink(drawer, func(a, b uint32, clues []Clue) {
			weight := min(leastWeight(clues), int64(l.least[a]), int64(l.least[b]))
			out.link(Twins{l.name(a), l.name(b)}, uint64(weight), clues)
		})
	})
}

// Weights are those of the subjects that are kept, in memory. Link, Blame and Weakest are
// right as far as there are all clues that leave less than the whole. Several goroutines
// call keep, which says what is kept of the clues of a subject; false: nothing.
func (l *SettledLinks) Weights(ctx context.Context, workers int, keep func(Subject, []Clue) ([]Clue, bool)) (*Weights, error) {
	w := newWeights(l.names)
	var mu sync.Mutex
	enter := func(s Subject, clues []Clue) {
		clues, ok := keep(s, clues)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		w.enter(s, slices.Clone(clues))
	}
	err := crew{ctx, workers}.eachDrawer(func() hand {
		return hand{work: func(drawer int) error {
			err := l.eachStation(drawer, func(s uint32, clues []Clue) { enter(StationSubject(l.name(s)), clues) })
			if err != nil {
				return err
			}
			return l.eachLink(drawer, func(a, b uint32, clues []Clue) { enter(Subject{l.name(a), l.name(b)}, clues) })
		}}
	})
	return w, err
}

// all keeps all clues.
func all(_ Subject, clues []Clue) ([]Clue, bool) { return clues, true }

// Lessening takes those out of some clues that leave the whole: nothing follows from them. It
// is false if all do.
func Lessening(clues []Clue) ([]Clue, bool) {
	clues = slices.DeleteFunc(clues, func(c Clue) bool { return c.Weight >= whole })
	return clues, len(clues) > 0
}

func (l *SettledLinks) eachStation(drawer int, each func(s uint32, clues []Clue)) error {
	if l.before != nil {
		return nil
	}
	var clues []Clue
	return eachItem(l.stations, drawer, func(f *itemFields) error {
		s := f.number()
		clues = f.clues(clues[:0])
		each(s, clues)
		return nil
	})
}

func (l *SettledLinks) eachLink(drawer int, each func(a, b uint32, clues []Clue)) error {
	if l.before != nil {
		return nil
	}
	var clues []Clue
	return eachItem(l.links, drawer, func(f *itemFields) error {
		a, b := f.number(), f.number()
		clues = f.clues(clues[:0])
		each(a, b, clues)
		return nil
	})
}

// clueNames are the names by their numbers on shelves.
var clueNames = [...]ClueName{
	ClueSlope, ClueFading, ClueAnswers, ClueBalance, ClueDistance, ClueBeyond, ClueElsewhere, ClueAround, ClueTwins, ClueOwner, ClueClosed, ClueOther,
}

func (i *item) addClues(clues []Clue) *item {
	for _, c := range clues {
		i.add(int64(slices.Index(clueNames[:], c.Name)), c.Reports, c.Value, c.None, c.Full, c.Weight)
	}
	return i
}

func (f *itemFields) clues(clues []Clue) []Clue {
	for len(f.rest) > 0 {
		var v [6]int64
		f.read(v[:])
		clues = append(clues, Clue{clueNames[v[0]], v[1], v[2], v[3], v[4], v[5]})
	}
	return clues
}
