package witness

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hexspot/radio"
)

// words reads a line of verdicts word by word. The first fault stays; after it
// every word reads as nothing.
type words struct {
	rest  string
	err   error
	known KeyChecker // remembers keys; nil: each is checked
}

var errWords = errors.New("too few words, or too many")

func (w *words) next() string {
	word, rest, _ := strings.Cut(w.rest, " ")
	w.rest = rest
	if word == "" {
		w.fail(errWords)
	}
	return word
}

func (w *words) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *words) end() error {
	if w.rest != "" {
		w.fail(errWords)
	}
	return w.err
}

// bytes gives n bytes, zeros after a fault.
func (w *words) bytes(n int) []byte {
	word := w.next()
	b, err := hex.DecodeString(word)
	if err != nil || len(b) != n {
		w.fail(fmt.Errorf("%q: want %d bytes in hexadecimal", word, n))
		return make([]byte, n)
	}
	return b
}

func (w *words) station() radio.Station {
	parse := radio.StationFromBytes
	if w.known != nil {
		parse = w.known.FromBytes
	}
	s, err := parse(w.bytes(radio.StationSize))
	if err != nil {
		w.fail(err)
	}
	return s
}

func (w *words) number(bits int) int64 {
	n, err := strconv.ParseInt(w.next(), 10, bits)
	if err != nil {
		w.fail(err)
	}
	return n
}

func (w *words) unsigned(bits int) uint64 {
	n, err := strconv.ParseUint(w.next(), 10, bits)
	if err != nil {
		w.fail(err)
	}
	return n
}

// outcomes reads the outcomes and the reason of a report, and what the rules without
// figures say.
func (w *words) outcomes(j *Judged, rules []Rule) {
	outcomes, reason := w.next(), w.next()
	reason, j.OfBeacon = strings.CutPrefix(reason, "beacon:")
	if reason != "-" {
		j.Reason = Fault(reason)
	}
	if outcomes == "-" {
		return
	}
	if len(outcomes) != len(rules) {
		w.fail(fmt.Errorf("%d outcomes: want %d", len(outcomes), len(rules)))
		return
	}
	j.Findings = make([]Finding, len(rules))
	for i := range rules {
		switch outcomes[i] {
		case 'p':
			j.Findings[i] = yes(true)
		case 'f':
			j.Findings[i] = yes(false)
		}
	}
}

// figures reads the figures of the evaluated rules that have some.
func (w *words) figures(j *Judged, rules []Rule) {
	rest := w.next()
	for i := range j.Findings {
		f := &j.Findings[i]
		if rules[i].Unit == "yes" || f.Outcome == RuleNotEvaluated {
			continue
		}
		var triple string
		triple, rest, _ = strings.Cut(rest, ",")
		if err := f.parse(triple); err != nil {
			w.fail(err)
			return
		}
	}
}

func (f *Finding) parse(triple string) error {
	parts := strings.Split(triple, "/")
	if len(parts) != 3 {
		return fmt.Errorf("figures %q: want value/limit/margin", triple)
	}
	for i, to := range []*int64{&f.Value, &f.Limit, &f.Margin} {
		n, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil {
			return err
		}
		*to = n
	}
	return nil
}
