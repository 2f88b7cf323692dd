package witness

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// ParseState reads what State.AppendText wrote, and nothing else: what it takes is written
// again as the same bytes.
func ParseState(text []byte) (State, error) {
	s := State{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		w := &words{rest: strings.TrimSuffix(string(line), "\n")}
		station := w.station()
		s[station] = Events{w.number(64), w.number(64)}
		if err := w.end(); err != nil {
			return nil, fmt.Errorf("state, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(s.AppendText(nil), text) {
		return nil, errors.New("state: not in canonical form")
	}
	return s, nil
}
