package verify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// Station is what an epoch has of one station.
type Station struct {
	witness.Tally
	Clues []witness.Clue // about the station; they bear on all its links
	Links []StationLink  // of which there is evidence
	More  bool           // there are more than MostLinks of clues and links
}

// StationLink is a link with its weight and the clues about it alone.
type StationLink struct {
	Partner radio.Station
	Weight  uint64 // ten-thousandths, with the clues about either station
	Clues   []witness.Clue
}

// Tally is a station's, false if it is neither in the snapshot nor has reported.
func (r *Result) Tally(s radio.Station) (witness.Tally, bool, error) {
	l, err := r.openLines(stationsName, "")
	if err != nil {
		return witness.Tally{}, false, err
	}
	defer l.close()
	want := string(s.AppendHex(nil))
	offset, err := l.find(want)
	if err != nil || offset < 0 {
		return witness.Tally{}, false, err
	}
	line, _, err := l.block(offset)
	if err != nil || !strings.HasPrefix(string(line), want+" ") {
		return witness.Tally{}, false, err
	}
	t, err := r.reader.Tally(string(line))
	return t, err == nil, err
}

// Tallies are those of all stations, by station. The first error ends them.
func (r *Result) Tallies() iter.Seq2[witness.Tally, error] {
	return func(yield func(witness.Tally, error) bool) {
		file, err := r.openFile(stationsName)
		if err != nil {
			yield(witness.Tally{}, err)
			return
		}
		defer file.Close()
		in := bufio.NewReader(file)
		for {
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) && line == "" {
				return
			}
			var t witness.Tally
			if err == nil {
				t, err = r.reader.Tally(line)
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// MostLinks bounds the links that are read of a station, and its provisions and outcomes:
// a thousand strangers may have put themselves beside it.
const MostLinks = 1000

// Station gives all that is known of a station, false as Tally.
func (r *Result) Station(s radio.Station) (Station, bool, error) {
	t, ok, err := r.Tally(s)
	if err != nil || !ok {
		return Station{}, false, err
	}
	found := Station{Tally: t}
	if err := r.readLinks(&found); err != nil {
		return Station{}, false, fmt.Errorf("reading the links of %v: %w", s, err)
	}
	return found, true, nil
}

// readLinks takes the lines that name the station, and the clues below them.
func (r *Result) readLinks(s *Station) error {
	text, more, err := r.blocksAbout(linksName, s.Tally.Station)
	if err != nil {
		return err
	}
	s.More = more
	for line := range bytes.Lines(text) {
		if err := s.take(r.reader, string(line)); err != nil {
			return err
		}
	}
	return nil
}

// take reads a line of `links` that is about the station.
func (s *Station) take(reader witness.Reader, line string) error {
	l, err := reader.LinkLine(strings.TrimSuffix(line, "\n"))
	if err != nil {
		return err
	}
	switch {
	case l.Station != (radio.Station{}):
		s.Clues = append(s.Clues, l.Clue)
	case l.Link != (witness.Twins{}):
		partner := l.Link.A
		if partner == s.Tally.Station {
			partner = l.Link.B
		}
		s.Links = append(s.Links, StationLink{Partner: partner, Weight: l.Weight})
	case len(s.Links) > 0:
		last := &s.Links[len(s.Links)-1]
		last.Clues = append(last.Clues, l.Clue)
	}
	return nil
}
