package witness

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"hexspot/radio"
)

// AppendText appends the state as lines, sorted within each kind, the same for equal
// states:
//
//	generation NUMBER
//	way FROM TO SUMS SUMS
//	near STATION NEIGHBOUR SUMS SUMS
//	twins A B SUMS SUMS
//	shown FROM TO FRAMES FRAMES
//
// The sums are those of the running generation, then of the one before, each in
// the order of its type's fields.
func (s LinkState) AppendText(b []byte) []byte {
	out := textSink{b: b}
	_ = s.text(&out) // a state in memory does not fail
	return out.b
}

// WriteText writes what AppendText appends.
func (s LinkState) WriteText(w io.Writer) error {
	out := textSink{w: w}
	if err := s.text(&out); err != nil {
		return err
	}
	return out.flush()
}

func (s LinkState) text(out *textSink) error {
	out.generation(s.Generation)
	if s.lines != nil { // in order already
		return s.each(out.entry)
	}
	var entries []stateEntry
	err := s.each(func(e stateEntry) error {
		entries = append(entries, e)
		return nil
	})
	slices.SortFunc(entries, stateEntry.compare)
	for _, e := range entries {
		err = cmp.Or(err, out.entry(e))
	}
	return err
}

func (s WaySums) list() []int64 {
	list := make([]int64, waySums)
	s.put(list)
	return list
}

func (s NearSums) list() []int64 { return []int64{s.Asked, s.Answered} }

func (s TwinSums) list() []int64 { return []int64{s.Frames, s.Apart, s.ApartApart} }

func appendSums(b []byte, kind string, from, to radio.Station, sums []int64) []byte {
	b = appendStations(append(b, kind...), from, to)
	for _, v := range sums {
		b = strconv.AppendInt(append(b, ' '), v, 10)
	}
	return append(b, '\n')
}

func appendStations(b []byte, stations ...radio.Station) []byte {
	for _, s := range stations {
		b = s.AppendHex(append(b, ' '))
	}
	return b
}

// AppendText appends the weights with their evidence as lines, the same for equal
// weights: a station's clues, then each link with clues of its own and its weight.
//
//	station STATION CLUE REPORTS VALUE NONE FULL WEIGHT
//	link A B WEIGHT
//	clue CLUE REPORTS VALUE NONE FULL WEIGHT
func (w *Weights) AppendText(b []byte) []byte {
	out := textSink{b: b}
	w.text(&out)
	return out.b
}

// WriteText writes what AppendText appends.
func (w *Weights) WriteText(to io.Writer) error {
	out := textSink{w: to}
	w.text(&out)
	return out.flush()
}

func (w *Weights) text(out *textSink) {
	order := func(a, b uint32) int { return w.names.At(a).Compare(w.names.At(b)) }
	for _, n := range slices.SortedFunc(maps.Keys(w.stations), order) {
		out.station(w.names.At(n), w.stations[n])
	}
	keys := func(a, b uint64) int { return w.twins(a).compare(w.twins(b)) }
	for _, key := range slices.SortedFunc(maps.Keys(w.links), keys) {
		t := w.twins(key)
		out.link(t, w.Link(t.A, t.B), w.links[key])
	}
}

func (s *textSink) generation(number uint64) { s.b = fmt.Appendf(s.b, "generation %d\n", number) }

// station writes the clues about a station.
func (s *textSink) station(station radio.Station, clues []Clue) {
	for _, c := range clues {
		s.b = c.appendText(appendStations(append(s.b, "station"...), station))
		s.line()
	}
}

// link writes a link with its weight and its own clues.
func (s *textSink) link(t Twins, weight uint64, clues []Clue) {
	s.b = appendStations(append(s.b, "link"...), t.A, t.B)
	s.b = append(strconv.AppendUint(append(s.b, ' '), weight, 10), '\n')
	for _, c := range clues {
		s.b = c.appendText(append(s.b, "clue"...))
	}
	s.line()
}

func (c Clue) appendText(b []byte) []byte {
	b = append(append(b, ' '), c.Name...)
	for _, v := range [...]int64{c.Reports, c.Value, c.None, c.Full, c.Weight} {
		b = strconv.AppendInt(append(b, ' '), v, 10)
	}
	return append(b, '\n')
}

var errLinkState = errors.New("link state: not in canonical form")
