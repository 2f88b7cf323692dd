package witness

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hexspot/coverage"
)

// AppendText appends the tally as a line, the same for equal tallies:
//
//	STATION PRESENCE SCALE COUNTED BEACONS OBSERVATIONS WITNESSES INVALID SELECTIONS SELECTED
//	BEACON WITNESS BEACON-WHOLE WITNESS-WHOLE WEAKEST
//
// COUNTED is counted or newcomer; reports are REASON=NUMBER joined by commas, valid
// ones as valid, - if none; WEAKEST is PARTNER/WEIGHT/WHOSE/CLUE/REPORTS/VALUE/NONE/FULL joined
// by commas, - if none.
func (t *Tally) AppendText(b []byte) []byte {
	b = t.Station.AppendHex(b)
	counted := "counted"
	if t.Newcomer {
		counted = "newcomer"
	}
	b = fmt.Appendf(b, " %s %d %s ", t.Presence, t.Scale, counted)
	b = append(t.Beacons.appendText(b), ' ')
	b = append(t.Observations.appendText(b), ' ')
	b = append(strconv.AppendUint(b, t.Witnesses, 10), ' ')
	b = append(t.Invalid.appendText(b), ' ')
	for _, n := range [...]uint64{
		t.Selections, t.Selected, t.Beacon, t.Witness, t.BeaconWhole, t.WitnessWhole,
	} {
		b = append(strconv.AppendUint(b, n, 10), ' ')
	}
	return append(appendWeakest(b, t.Weakest), '\n')
}

// validWord stands for the empty reason.
const validWord = "valid"

func (c Counts) appendText(b []byte) []byte {
	if len(c) == 0 {
		return append(b, '-')
	}
	for i, reason := range slices.Sorted(maps.Keys(c)) {
		if i > 0 {
			b = append(b, ',')
		}
		word := string(reason)
		if reason == "" {
			word = validWord
		}
		b = append(append(b, word...), '=')
		b = strconv.AppendUint(b, c[reason], 10)
	}
	return b
}

func appendWeakest(b []byte, links []WeakLink) []byte {
	if len(links) == 0 {
		return append(b, '-')
	}
	for i, l := range links {
		if i > 0 {
			b = append(b, ',')
		}
		b = l.Partner.AppendHex(b)
		b = fmt.Appendf(b, "/%d/%s/%s/%d/%d/%d/%d", l.Weight, l.Whose, l.Clue.Name, l.Clue.Reports, l.Clue.Value, l.Clue.None, l.Clue.Full)
	}
	return b
}

var errTally = errors.New("tally: not in canonical form")

// ParseTally reads a line that AppendText wrote, with or without its line feed, and
// nothing else.
func ParseTally(line string) (Tally, error) { return Reader{}.Tally(line) }

// Tally is ParseTally.
func (r Reader) Tally(line string) (Tally, error) {
	line = strings.TrimSuffix(line, "\n")
	w := r.words(line)
	t := Tally{Station: w.station(), Presence: Presence(w.next()), Scale: coverage.Scale(w.unsigned(64))}
	t.Newcomer = w.next() == "newcomer"
	t.Beacons, t.Observations = w.counts(), w.counts()
	t.Witnesses, t.Invalid = w.unsigned(64), w.counts()
	for _, to := range [...]*uint64{
		&t.Selections, &t.Selected, &t.Beacon, &t.Witness, &t.BeaconWhole, &t.WitnessWhole,
	} {
		*to = w.unsigned(64)
	}
	t.Weakest = w.weakest()
	if err := w.end(); err != nil {
		return Tally{}, fmt.Errorf("tally: %w", err)
	}
	if string(t.AppendText(nil)) != line+"\n" {
		return Tally{}, errTally
	}
	return t, nil
}

func (w *words) counts() Counts {
	text := w.next()
	if text == "-" || text == "" {
		return nil
	}
	c := Counts{}
	for pair := range strings.SplitSeq(text, ",") {
		word, number, _ := strings.Cut(pair, "=")
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			w.fail(err)
			return nil
		}
		if word == validWord {
			word = ""
		}
		c[Fault(word)] += n
	}
	return c
}

func (w *words) weakest() []WeakLink {
	text := w.next()
	if text == "-" || text == "" {
		return nil
	}
	var links []WeakLink
	for part := range strings.SplitSeq(text, ",") {
		links = append(links, w.weakLink(Reader{w.known}.words(strings.ReplaceAll(part, "/", " "))))
	}
	return links
}

// weakLink reads one link; its weight is that of its clue, the least.
func (w *words) weakLink(parts *words) WeakLink {
	l := WeakLink{Partner: parts.station(), Weight: parts.unsigned(16), Whose: Whose(parts.next())}
	l.Clue = Clue{
		Name: ClueName(parts.next()), Reports: parts.number(64), Value: parts.number(64),
		None: parts.number(64), Full: parts.number(64), Weight: int64(l.Weight),
	}
	if err := parts.end(); err != nil {
		w.fail(err)
	}
	return l
}
