package witness

import (
	"bytes"
	"io"
)

// ParseLinkState reads what LinkState.AppendText wrote, and nothing else: what it takes
// is written again as the same bytes.
func ParseLinkState(text []byte) (LinkState, error) {
	lines, err := OpenLinkState(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil })
	if err != nil {
		return LinkState{}, err
	}
	s := newLinkState(lines.Generation)
	err = lines.each(func(e stateEntry) error {
		s.enter(e)
		return nil
	})
	if err != nil {
		return LinkState{}, err
	}
	return s, nil
}

func newLinkState(generation uint64) LinkState {
	return LinkState{
		Generation: generation,
		Ways:       map[Way][2]WaySums{}, Twins: map[Twins][2]TwinSums{}, Near: map[Way][2]NearSums{}, Shown: map[Way][2]int64{},
	}
}

// enter puts an entry into the maps.
func (s LinkState) enter(e stateEntry) {
	way, v := Way{e.from, e.to}, e.sums
	switch e.kind {
	case stateWays:
		s.Ways[way] = [2]WaySums{waySumsOf(v), waySumsOf(v[waySums:])}
	case stateNear:
		s.Near[way] = [2]NearSums{{v[0], v[1]}, {v[2], v[3]}}
	case stateTwins:
		s.Twins[Twins{e.from, e.to}] = [2]TwinSums{{v[0], v[1], v[2]}, {v[3], v[4], v[5]}}
	case stateShown:
		s.Shown[way] = [2]int64{v[0], v[1]}
	}
}
