package witness

import (
	"fmt"

	"hexspot/radio"
)

// LinkLine is a line of what Weights.AppendText writes: a clue about a station, a link
// with its weight, or a clue about the link before.
type LinkLine struct {
	Station radio.Station // zero: not about a station
	Link    Twins         // zero: no link begins here
	Weight  uint64        // of the link
	Clue    Clue          // of the station, or of the link before
}

// ParseLinkLine reads one line, without its line feed.
func ParseLinkLine(line string) (LinkLine, error) { return Reader{}.LinkLine(line) }

// LinkLine is ParseLinkLine.
func (r Reader) LinkLine(line string) (LinkLine, error) {
	w := r.words(line)
	var l LinkLine
	switch kind := w.next(); kind {
	case "station":
		l.Station = w.station()
		l.Clue = w.clue()
	case "link":
		l.Link.A = w.station()
		l.Link.B, l.Weight = w.station(), w.unsigned(64)
	case "clue":
		l.Clue = w.clue()
	default:
		return LinkLine{}, fmt.Errorf("weights: %q begins no line", kind)
	}
	if err := w.end(); err != nil {
		return LinkLine{}, fmt.Errorf("weights: %w", err)
	}
	return l, nil
}

func (w *words) clue() Clue {
	return Clue{
		Name: ClueName(w.next()), Reports: w.number(64), Value: w.number(64),
		None: w.number(64), Full: w.number(64), Weight: w.number(64),
	}
}
