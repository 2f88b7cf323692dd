package verify

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"hexspot/radio"
)

// Denials are stations, and pairs of stations, whose reports do not count. The zero
// Denials deny nobody.
type Denials struct {
	stations map[radio.Station]bool
	pairs    map[[2]radio.Station]bool // in order
}

// maxDenials bounds a list.
const maxDenials = 1 << 20

// ReadDenials reads a list: a line "station ID" or "pair ID ID" each, in any order;
// empty lines and those that begin with # are passed over.
func ReadDenials(r io.Reader) (Denials, error) {
	d := Denials{map[radio.Station]bool{}, map[[2]radio.Station]bool{}}
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := d.add(words); err != nil {
			return Denials{}, fmt.Errorf("deny list, line %d: %w", number, err)
		}
		if len(d.stations)+len(d.pairs) > maxDenials {
			return Denials{}, fmt.Errorf("deny list: more than %d lines", maxDenials)
		}
	}
	if err := lines.Err(); err != nil {
		return Denials{}, fmt.Errorf("deny list: %w", err)
	}
	return d, nil
}

func (d Denials) add(words []string) error {
	stations := make([]radio.Station, len(words)-1)
	for i, text := range words[1:] {
		var err error
		if stations[i], err = radio.ParseStation(text); err != nil {
			return err
		}
	}
	switch {
	case words[0] == "station" && len(stations) == 1:
		d.stations[stations[0]] = true
	case words[0] == "pair" && len(stations) == 2 && stations[0] != stations[1]:
		d.pairs[pairOf(stations[0], stations[1])] = true
	default:
		return fmt.Errorf("%q: want station ID, or pair ID ID of two", strings.Join(words, " "))
	}
	return nil
}

func pairOf(a, b radio.Station) [2]radio.Station {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return [2]radio.Station{a, b}
}

// station says whether a station is denied.
func (d Denials) station(s radio.Station) bool { return d.stations[s] }

// pair says whether two stations are denied together.
func (d Denials) pair(a, b radio.Station) bool {
	return len(d.pairs) > 0 && d.pairs[pairOf(a, b)]
}

// AppendText appends the list as ReadDenials reads it, sorted: the same for equal
// lists.
func (d Denials) AppendText(b []byte) []byte {
	var lines []string
	for s := range d.stations {
		lines = append(lines, fmt.Sprintf("station %v\n", s))
	}
	for p := range d.pairs {
		lines = append(lines, fmt.Sprintf("pair %v %v\n", p[0], p[1]))
	}
	slices.Sort(lines)
	for _, line := range lines {
		b = append(b, line...)
	}
	return b
}
