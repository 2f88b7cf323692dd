package witness

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"hexspot/radio"
)

// AppendText appends the state as lines of station, last beaconed, last witnessed and, if
// there is one, last reported, sorted by station: the same for equal states.
func (s State) AppendText(b []byte) []byte {
	out := textSink{b: b}
	out.events(s.sorted())
	return out.b
}

// WriteText writes what AppendText appends.
func (s State) WriteText(w io.Writer) error {
	out := textSink{w: w}
	out.events(s.sorted())
	return out.flush()
}

func (s State) sorted() iter.Seq2[radio.Station, Events] {
	return func(yield func(radio.Station, Events) bool) {
		for _, station := range slices.SortedFunc(maps.Keys(s), compareStations) {
			if !yield(station, s[station]) {
				return
			}
		}
	}
}

// WriteText writes what State.WriteText does of the same events.
func (e EventsBy) WriteText(w io.Writer, stations *radio.Stations) error {
	out := textSink{w: w}
	out.events(e.sorted(stations))
	return out.flush()
}

func (e EventsBy) sorted(stations *radio.Stations) iter.Seq2[radio.Station, Events] {
	return func(yield func(radio.Station, Events) bool) {
		for _, n := range stations.Sorted(len(e)) {
			if e[n] != (Events{}) && !yield(stations.At(n), e[n]) {
				return
			}
		}
	}
}

// events writes a line of each station.
func (t *textSink) events(of iter.Seq2[radio.Station, Events]) {
	for station, e := range of {
		t.b = appendEvents(t.b, station, e)
		t.line()
	}
}

func appendEvents(b []byte, station radio.Station, e Events) []byte {
	b = fmt.Appendf(station.AppendHex(b), " %d %d", e.Beaconed, e.Witnessed)
	if e.Reported > 0 {
		b = fmt.Appendf(b, " %d", e.Reported)
	}
	return append(b, '\n')
}

func compareStations(a, b radio.Station) int { return a.Compare(b) }
