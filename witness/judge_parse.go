package witness

import (
	"bytes"
	"errors"
	"fmt"

	"hexspot/radio"
)

// ParseVerdicts reads what AppendVerdicts wrote with the same set, and nothing
// else: what it takes is written again as the same bytes.
func ParseVerdicts(text []byte, set *Set) ([]Verdict, error) { return Reader{}.Verdicts(text, set) }

// Verdicts is ParseVerdicts.
func (r Reader) Verdicts(text []byte, set *Set) ([]Verdict, error) {
	var verdicts []Verdict
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var err error
		if verdicts, err = r.verdictLine(verdicts, set, string(bytes.TrimSuffix(line, []byte("\n")))); err != nil {
			return nil, fmt.Errorf("verdicts, line %d: %w", number, err)
		}
	}
	if !bytes.Equal(AppendVerdicts(nil, set, verdicts), text) {
		return nil, errors.New("verdicts: not in canonical form")
	}
	return verdicts, nil
}

func (r Reader) verdictLine(verdicts []Verdict, set *Set, line string) ([]Verdict, error) {
	w := r.words(line)
	kind := w.next()
	if kind == "case" {
		v := Verdict{Tag: [18]byte(w.bytes(18)), Slot: w.unsigned(64), Start: w.number(64)}
		return append(verdicts, v), w.end()
	}
	if len(verdicts) == 0 {
		return nil, errors.New("there is no case before")
	}
	last := &verdicts[len(verdicts)-1]
	switch kind {
	case "beacon":
		last.Beacons = append(last.Beacons, w.beacon(set.Beacon))
	case "witness":
		last.Witnesses = append(last.Witnesses, w.witness(set.Witness))
	default:
		return nil, fmt.Errorf("%q begins no line", kind)
	}
	return verdicts, w.end()
}

func (w *words) beacon(rules []Rule) Judged {
	j := Judged{Station: w.station(), ID: [32]byte(w.bytes(32)), Receive: w.number(64)}
	w.outcomes(&j, rules)
	j.Over = radio.DB(w.number(32))
	w.figures(&j, rules)
	return j
}

func (w *words) witness(rules []Rule) Judged {
	j := Judged{Station: w.station(), ID: [32]byte(w.bytes(32)), Index: uint32(w.unsigned(32)), Receive: w.number(64)}
	w.outcomes(&j, rules)
	w.figures(&j, rules)
	return j
}
