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
	return s, nil
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
