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
		e := Events{Beaconed: w.number(64), Witnessed: w.number(64)}
		if w.rest != "" {
			e.Reported = w.number(64)
		}
		s[station] = e
		if err := w.end(); err != nil {
			return nil, fmt.Errorf("state, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(s.AppendText(nil), text) {
		return nil, errors.New("state: not in canonical form")
	}
	return s, nil
}
