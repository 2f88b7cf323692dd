package witness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hexspot/radio"
)

// The kinds of entries of a LinkState, in the order of its text.
const (
	stateWays = iota
	stateNear
	stateTwins
	stateShown
	stateKinds
)

var stateWords = [stateKinds]string{"way", "near", "twins", "shown"}

// waySums is how many numbers WaySums has.
const waySums = 8

// stateNumbers is how many numbers one generation of a kind has.
var stateNumbers = [stateKinds]int{waySums, 2, 3, 1}

// stateEntry is one line of a LinkState.
type stateEntry struct {
	kind     int
	from, to radio.Station
	sums     []int64 // of both generations
}

func (e stateEntry) compare(o stateEntry) int {
	if e.kind != o.kind {
		return e.kind - o.kind
	}
	return Way{e.from, e.to}.compare(Way{o.from, o.to})
}

func (e stateEntry) appendText(b []byte) []byte {
	return appendSums(b, stateWords[e.kind], e.from, e.to, e.sums)
}

func waySumsOf(v []int64) WaySums { return WaySums{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]} }

// each gives all entries: of a state in memory in any order.
func (s LinkState) each(each func(stateEntry) error) error {
	if s.lines != nil {
		return s.eachLine(each)
	}
	for way, v := range s.Ways {
		if err := each(stateEntry{stateWays, way.From, way.To, slices.Concat(v[0].list(), v[1].list())}); err != nil {
			return err
		}
	}
	for way, v := range s.Near {
		if err := each(stateEntry{stateNear, way.From, way.To, slices.Concat(v[0].list(), v[1].list())}); err != nil {
			return err
		}
	}
	for t, v := range s.Twins {
		if err := each(stateEntry{stateTwins, t.A, t.B, slices.Concat(v[0].list(), v[1].list())}); err != nil {
			return err
		}
	}
	for way, v := range s.Shown {
		if err := each(stateEntry{stateShown, way.From, way.To, v[:]}); err != nil {
			return err
		}
	}
	return nil
}

// OpenLinkState is a state that stays where it is as text and is read when a book is
// settled with it. Its maps are nil.
func OpenLinkState(open func() (io.ReadCloser, error)) (LinkState, error) {
	s := LinkState{lines: open}
	err := s.readLines(func(in *bufio.Reader) (err error) {
		s.Generation, err = readGeneration(in)
		return err
	})
	return s, err
}

func (s LinkState) readLines(read func(*bufio.Reader) error) error {
	from, err := s.lines()
	if err != nil {
		return fmt.Errorf("link state: %w", err)
	}
	err = read(bufio.NewReaderSize(from, 1<<16))
	if failed := from.Close(); err == nil {
		err = failed
	}
	return err
}

func readGeneration(in *bufio.Reader) (uint64, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, errLinkState
	}
	w := &words{rest: strings.TrimSuffix(string(line), "\n")}
	word, generation := w.next(), w.unsigned(64)
	if err := w.end(); err != nil || word != "generation" || !bytes.Equal(fmt.Appendf(nil, "generation %d\n", generation), line) {
		return 0, errLinkState
	}
	return generation, nil
}

// eachLine reads the entries, which have one order and one form.
func (s LinkState) eachLine(each func(stateEntry) error) error {
	return s.readLines(func(in *bufio.Reader) error {
		if _, err := readGeneration(in); err != nil {
			return err
		}
		var last stateEntry
		known := &radio.Stations{}
		for number := 2; ; number++ {
			line, err := in.ReadSlice('\n')
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return nil
			}
			var e stateEntry
			if err == nil {
				e, err = readStateEntry(line, known)
			}
			if err == nil && number > 2 && last.compare(e) >= 0 {
				err = errLinkState
			}
			if err == nil {
				err = each(e)
			}
			if err != nil {
				return fmt.Errorf("link state, line %d: %w", number, err)
			}
			last = e
		}
	})
}

func readStateEntry(line []byte, known *radio.Stations) (stateEntry, error) {
	w := &words{rest: strings.TrimSuffix(string(line), "\n"), known: known}
	word := w.next()
	kind := slices.Index(stateWords[:], word)
	if kind < 0 {
		return stateEntry{}, fmt.Errorf("%q begins no line", word)
	}
	from := w.station()
	e := stateEntry{kind, from, w.station(), make([]int64, 2*stateNumbers[kind])}
	for i := range e.sums {
		e.sums[i] = w.number(64)
	}
	if err := w.end(); err != nil {
		return e, err
	}
	if !bytes.Equal(e.appendText(nil), line) {
		return e, errLinkState
	}
	return e, e.check()
}

// check refuses sums that no records make: within theirs nothing overflows.
func (e stateEntry) check() error {
	half := len(e.sums) / 2
	for _, v := range [...][]int64{e.sums[:half], e.sums[half:]} {
		if !sumsFit(e.kind, v) {
			return fmt.Errorf("no records make such sums of %s %v, %v", stateWords[e.kind], e.from, e.to)
		}
	}
	return nil
}

func sumsFit(kind int, v []int64) bool {
	switch kind {
	case stateWays:
		return waySumsOf(v).check()
	case stateNear:
		return NearSums{v[0], v[1]}.check()
	case stateTwins:
		return TwinSums{v[0], v[1], v[2]}.check()
	}
	return 0 <= v[0] && v[0] <= mostReports
}
