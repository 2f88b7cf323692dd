package witness

import (
	"bytes"
	"fmt"
	"strings"

	"hexspot/radio"
)

// ParseLinkState reads what LinkState.AppendText wrote, and nothing else: what it takes
// is written again as the same bytes.
func ParseLinkState(text []byte) (LinkState, error) {
	s := LinkState{Ways: map[Way][2]WaySums{}, Twins: map[Twins][2]TwinSums{}, Near: map[Way][2]NearSums{}, Shown: map[Way][2]int64{}}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		w := &words{rest: strings.TrimSuffix(string(line), "\n")}
		if err := s.read(w); err != nil {
			return LinkState{}, fmt.Errorf("link state, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(s.AppendText(nil), text) {
		return LinkState{}, errLinkState
	}
	return s, s.check()
}

// check refuses sums that no records make: within theirs nothing overflows.
func (s *LinkState) check() error {
	for way, sums := range s.Ways {
		if !sums[0].check() || !sums[1].check() {
			return fmt.Errorf("link state: no records make the sums of the way %v to %v", way.From, way.To)
		}
	}
	for pair, sums := range s.Twins {
		if !sums[0].check() || !sums[1].check() {
			return fmt.Errorf("link state: no records make the sums of the pair %v, %v", pair.A, pair.B)
		}
	}
	for way, sums := range s.Near {
		if !sums[0].check() || !sums[1].check() {
			return fmt.Errorf("link state: no neighbour is asked like %v about %v", way.To, way.From)
		}
	}
	for way, frames := range s.Shown {
		if min(frames[0], frames[1]) < 0 || max(frames[0], frames[1]) > mostReports {
			return fmt.Errorf("link state: no evidence shows such frames of %v", way.From)
		}
	}
	return nil
}

func (s *LinkState) read(w *words) error {
	switch kind := w.next(); kind {
	case "generation":
		s.Generation = w.unsigned(64)
	case "way":
		way := w.way()
		s.Ways[way] = [2]WaySums{w.waySums(), w.waySums()}
	case "near":
		way := w.way()
		s.Near[way] = [2]NearSums{{w.number(64), w.number(64)}, {w.number(64), w.number(64)}}
	case "twins":
		pair := w.way()
		s.Twins[Twins{pair.From, pair.To}] = [2]TwinSums{
			{w.number(64), w.number(64), w.number(64)}, {w.number(64), w.number(64), w.number(64)},
		}
	case "shown":
		way := w.way()
		s.Shown[way] = [2]int64{w.number(64), w.number(64)}
	default:
		return fmt.Errorf("%q begins no line", kind)
	}
	return w.end()
}

func (w *words) way() Way {
	var stations [2]radio.Station
	for i := range stations {
		stations[i] = w.station()
	}
	return Way{stations[0], stations[1]}
}

func (w *words) waySums() WaySums {
	var v [8]int64
	for i := range v {
		v[i] = w.number(64)
	}
	return WaySums{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]}
}
