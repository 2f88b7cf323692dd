package witness

import (
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
//
// The sums are those of the running generation, then of the one before, each in
// the order of its type's fields.
func (s LinkState) AppendText(b []byte) []byte {
	out := textSink{b: b}
	s.text(&out)
	return out.b
}

// WriteText writes what AppendText appends.
func (s LinkState) WriteText(w io.Writer) error {
	out := textSink{w: w}
	s.text(&out)
	return out.flush()
}

func (s LinkState) text(out *textSink) {
	out.b = fmt.Appendf(out.b, "generation %d\n", s.Generation)
	for _, way := range slices.SortedFunc(maps.Keys(s.Ways), Way.compare) {
		out.b = appendSums(out.b, "way", way.From, way.To, s.Ways[way], WaySums.list)
		out.line()
	}
	for _, way := range slices.SortedFunc(maps.Keys(s.Near), Way.compare) {
		out.b = appendSums(out.b, "near", way.From, way.To, s.Near[way], NearSums.list)
		out.line()
	}
	for _, t := range slices.SortedFunc(maps.Keys(s.Twins), Twins.compare) {
		out.b = appendSums(out.b, "twins", t.A, t.B, s.Twins[t], TwinSums.list)
		out.line()
	}
}

func (s WaySums) list() []int64 {
	return []int64{s.Reports, s.Drop, s.Level, s.DropDrop, s.DropLevel, s.LevelLevel, s.Asked, s.Answered}
}

func (s NearSums) list() []int64 { return []int64{s.Asked, s.Answered} }

func (s TwinSums) list() []int64 { return []int64{s.Frames, s.Apart, s.ApartApart} }

func appendSums[S any](b []byte, kind string, from, to radio.Station, sums [2]S, list func(S) []int64) []byte {
	b = appendStations(append(b, kind...), from, to)
	for _, generation := range sums {
		for _, v := range list(generation) {
			b = strconv.AppendInt(append(b, ' '), v, 10)
		}
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
	for _, s := range slices.SortedFunc(maps.Keys(w.stations), compareStations) {
		for _, c := range w.stations[s] {
			out.b = c.appendText(appendStations(append(out.b, "station"...), s))
			out.line()
		}
	}
	for _, t := range slices.SortedFunc(maps.Keys(w.links), Twins.compare) {
		out.b = appendStations(append(out.b, "link"...), t.A, t.B)
		out.b = fmt.Appendf(out.b, " %d\n", w.Link(t.A, t.B))
		for _, c := range w.links[t] {
			out.b = c.appendText(append(out.b, "clue"...))
		}
		out.line()
	}
}

func (c Clue) appendText(b []byte) []byte {
	return fmt.Appendf(b, " %s %d %d %d %d %d\n", c.Name, c.Reports, c.Value, c.None, c.Full, c.Weight)
}

var errLinkState = errors.New("link state: not in canonical form")
