package witness

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hexspot/radio"
)

// Outcomes are what an epoch publishes of appeals and of weights below one half: each
// appeal with every rule, each turn, and what is released to whom.
type Outcomes struct {
	Appeals  []JudgedAppeal
	Turns    []Turning
	Released map[radio.Station]Holding
}

// Turning is a subject's turn.
type Turning struct {
	Subject Subject
	Turn    Turn
	Since   Epoch // of the provision
}

// OutcomesOf are those of an epoch that was settled.
func OutcomesOf(appeals []JudgedAppeal, s *SettledProvisions) Outcomes {
	o := Outcomes{Appeals: slices.Clone(appeals), Released: s.Released}
	SortAppeals(o.Appeals)
	for _, t := range s.Turns {
		o.Turns = append(o.Turns, Turning{t.Subject, t.Turn, t.Provision.Since})
	}
	return o
}

// AppendText appends the outcomes as lines, the same for equal ones: appeals by arrival,
// turns by subject, releases by station:
//
//	appeal ...                           (JudgedAppeal.AppendText)
//	turn STATION|A B|- TURN SINCE
//	released STATION BEACON WITNESS
func (o *Outcomes) AppendText(b []byte) []byte {
	for i := range o.Appeals {
		b = o.Appeals[i].AppendText(b)
	}
	for _, t := range o.Turns {
		b = t.Subject.AppendText(append(b, "turn "...))
		b = fmt.Appendf(b, " %s %d\n", t.Turn, t.Since)
	}
	for _, station := range slices.SortedFunc(maps.Keys(o.Released), compareStations) {
		b = appendStations(append(b, "released"...), station)
		b = fmt.Appendf(b, " %d %d\n", o.Released[station].Beacon, o.Released[station].Witness)
	}
	return b
}

// ParseOutcomes reads what Outcomes.AppendText wrote, and nothing else: what it takes is
// written again as the same bytes.
func ParseOutcomes(text []byte) (Outcomes, error) { return Reader{}.Outcomes(text) }

// Outcomes is ParseOutcomes.
func (r Reader) Outcomes(text []byte) (Outcomes, error) {
	o := Outcomes{Released: map[radio.Station]Holding{}}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if err := o.read(r.words(strings.TrimSuffix(string(line), "\n"))); err != nil {
			return Outcomes{}, fmt.Errorf("outcomes, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(o.AppendText(nil), text) {
		return Outcomes{}, errors.New("outcomes: not in canonical form")
	}
	return o, nil
}

func (o *Outcomes) read(w *words) error {
	switch kind := w.next(); kind {
	case "appeal":
		o.Appeals = append(o.Appeals, w.appeal())
	case "turn":
		o.Turns = append(o.Turns, Turning{w.subject(), Turn(w.next()), Epoch(w.unsigned(40))})
	case "released":
		o.Released[w.station()] = Holding{w.unsigned(64), w.unsigned(64)}
	default:
		return fmt.Errorf("%q begins no line", kind)
	}
	return w.end()
}
