package witness

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hexspot/radio"
)

// AppendText appends the provisions as lines, the same for equal ones, in the order of
// their subjects; the clues and what is held follow each:
//
//	provision STATION|A B|- SINCE SEEN WEIGHT provisional|final
//	clue NAME REPORTS VALUE NONE FULL WEIGHT
//	held STATION BEACON WITNESS
func (ps Provisions) AppendText(b []byte) []byte {
	for _, s := range slices.SortedFunc(maps.Keys(ps), Subject.compare) {
		b = ps[s].appendText(s.AppendText(append(b, "provision "...)))
	}
	return b
}

// AppendText appends the two stations of a link, or a station and a dash.
func (s Subject) AppendText(b []byte) []byte {
	b = append(hex.AppendEncode(b, s.A.Bytes()), ' ')
	if !s.IsLink() {
		return append(b, '-')
	}
	return hex.AppendEncode(b, s.B.Bytes())
}

func (p Provision) appendText(b []byte) []byte {
	state := "provisional"
	if p.Final {
		state = "final"
	}
	b = fmt.Appendf(b, " %d %d %d %s\n", p.Since, p.Seen, p.Weight, state)
	for _, c := range p.Clues {
		b = c.appendText(append(b, "clue"...))
	}
	for _, station := range slices.SortedFunc(maps.Keys(p.Held), compareStations) {
		b = appendStations(append(b, "held"...), station)
		b = fmt.Appendf(b, " %d %d\n", p.Held[station].Beacon, p.Held[station].Witness)
	}
	return b
}

// ParseProvisions reads what Provisions.AppendText wrote, and nothing else: what it takes
// is written again as the same bytes.
func ParseProvisions(text []byte) (Provisions, error) { return Reader{}.Provisions(text) }

// Provisions is ParseProvisions.
func (r Reader) Provisions(text []byte) (Provisions, error) {
	ps := Provisions{}
	var last Subject
	number := 0
	for line := range bytes.Lines(text) {
		number++
		w := r.words(strings.TrimSuffix(string(line), "\n"))
		if err := ps.read(w, &last); err != nil {
			return nil, fmt.Errorf("provisions, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(ps.AppendText(nil), text) {
		return nil, errProvisions
	}
	return ps, nil
}

var errProvisions = errors.New("provisions: not in canonical form")

func (ps Provisions) read(w *words, last *Subject) error {
	kind := w.next()
	if kind == "provision" {
		*last = w.subject()
		ps[*last] = Provision{Since: Epoch(w.unsigned(40)), Seen: Epoch(w.unsigned(40)), Weight: w.unsigned(64), Final: w.next() == "final"}
		return w.end()
	}
	p, ok := ps[*last]
	switch {
	case !ok:
		return errors.New("there is no provision before")
	case kind == "clue":
		p.Clues = append(p.Clues, w.clue())
	case kind == "held":
		if p.Held == nil {
			p.Held = map[radio.Station]Holding{}
		}
		p.Held[w.station()] = Holding{w.unsigned(64), w.unsigned(64)}
	default:
		return fmt.Errorf("%q begins no line", kind)
	}
	ps[*last] = p
	return w.end()
}

func (w *words) subject() Subject {
	s := Subject{A: w.station()}
	if strings.HasPrefix(w.rest, "- ") {
		w.next()
		return s
	}
	s.B = w.station()
	return s
}
