package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

func appealPositions(args []string, std streams) error {
	set := flags("appeal positions", "Signs where this hotspot's own receiver was, and prints that as records, one a line. The file has a position a line,\n"+
		"at rising times: TIME,LATITUDE,LONGITUDE[,ACCURACY], time as 2026-01-31T15:04:05Z, degrees, metres.",
		"hexspot appeal positions --network 1c3c5d6a746bba36 track.csv > positions.txt", std)
	var s signerFlags
	s.add(set)
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("%w: want one file", errUsage)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	fixes, err := parseTrack(string(text))
	if err != nil {
		return fmt.Errorf("%s, %w", files[0], err)
	}
	for part := range slices.Chunk(fixes, witness.MaxPositions) {
		body := witness.Positions{Fixes: part}
		if err := body.CheckRange(); err != nil {
			return err
		}
		record, err := s.sign(radio.KindPositions, body.Append(nil))
		if err != nil {
			return err
		}
		if err := printRecords(std.out, record); err != nil {
			return err
		}
	}
	return nil
}

// parseTrack reads positions.
func parseTrack(text string) (fixes []witness.Fix, err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f, err := parseFix(line)
		if err == nil && len(fixes) > 0 && fixes[len(fixes)-1].At >= f.At {
			err = fmt.Errorf("the time is not later than before")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		fixes = append(fixes, f)
	}
	return fixes, nil
}

func parseFix(line string) (witness.Fix, error) {
	words := strings.Split(line, ",")
	if len(words) != 3 && len(words) != 4 {
		return witness.Fix{}, fmt.Errorf("want TIME,LATITUDE,LONGITUDE[,ACCURACY]")
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(words[0]))
	if err != nil {
		return witness.Fix{}, err
	}
	limits := [...]float64{90, 180, 1_000_000}
	var figures [3]float64
	for i, word := range words[1:] {
		figures[i], err = strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || math.IsNaN(figures[i]) || math.Abs(figures[i]) > limits[i] || i == 2 && figures[i] < 0 {
			return witness.Fix{}, fmt.Errorf("%q is out of range", word)
		}
	}
	return witness.Fix{
		At: witness.MillisOf(at), Position: coverage.PositionAt(figures[0], figures[1]),
		Accuracy: coverage.Millimetres(math.Round(figures[2] * 1000)),
	}, nil
}
