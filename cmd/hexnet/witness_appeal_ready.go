package main

import (
	"context"
	"encoding/base64"
	"errors"
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

// appealPositions makes a track ready to be signed.
type appealPositions struct {
	Track string `arg:"" help:"File with a position a line, at rising times: TIME,LATITUDE,LONGITUDE[,ACCURACY]; time as 2026-01-31T15:04:05Z, degrees, metres." type:"existingfile"`
}

// Help has the examples.
func (appealPositions) Help() string {
	return `Prints lines for 'hexspot appeal sign' on the hotspot whose receiver it was.

Examples:
  hexnet witness appeal positions track.csv > ready.txt`
}

// Run prints the bodies of records.
func (a appealPositions) Run(std streams) error {
	text, err := os.ReadFile(a.Track)
	if err != nil {
		return err
	}
	fixes, err := parseTrack(string(text))
	if err != nil {
		return fmt.Errorf("%s, %w", a.Track, err)
	}
	for part := range slices.Chunk(fixes, witness.MaxPositions) {
		body := witness.Positions{Fixes: part}
		if err := body.CheckRange(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(std.out, radio.KindPositions, base64.RawURLEncoding.EncodeToString(body.Append(nil))); err != nil {
			return err
		}
	}
	return nil
}

// appealName makes an appeal ready to be signed.
type appealName struct {
	Epoch    uint64   `help:"An epoch in which the weight was published." required:"" placeholder:"N"`
	Partner  string   `help:"The station at the other end, if it is about a link and not about the station's own weight." placeholder:"STATION"`
	Evidence []string `arg:"" help:"Files with records, one a line." type:"existingfile"`
	networkFlag
}

// Help has the examples.
func (appealName) Help() string {
	return `Prints a line for 'hexspot appeal sign' on the hotspot that appeals. The evidence is lines that
'hexspot appeal records', 'hexspot appeal sign' and 'hexnet witness audit' print, of any stations.

Examples:
  hexnet witness appeal name --epoch 20785 own.txt driver1.txt driver2.txt > ready.txt`
}

// Run prints the body of the record.
func (a appealName) Run(ctx context.Context, c *commands, std streams) error {
	id, err := a.id(ctx, c)
	if err != nil {
		return err
	}
	var partner radio.Station
	if a.Partner != "" {
		if partner, err = radio.ParseStation(a.Partner); err != nil {
			return usageError{err}
		}
	}
	evidence, err := readRecords(a.Evidence)
	if err != nil {
		return err
	}
	_, body, err := witness.NewAppealFile(id, witness.Epoch(a.Epoch), partner, evidence)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, radio.KindAppeal, base64.RawURLEncoding.EncodeToString(body.Append(nil)))
	return err
}

// packAppeal puts the evidence that a signed appeal names with it.
func packAppeal(id radio.Network, signed string, evidence []string) (witness.AppealFile, error) {
	own, err := readRecords([]string{signed})
	if err != nil {
		return witness.AppealFile{}, err
	}
	if len(own) != 1 || own[0].Kind != radio.KindAppeal {
		return witness.AppealFile{}, fmt.Errorf("%s is not one appeal: want what 'hexspot appeal sign' printed", signed)
	}
	list, err := readRecords(evidence)
	if err != nil {
		return witness.AppealFile{}, err
	}
	appeal, err := witness.ParseAppeal(own[0].Body)
	if err != nil {
		return witness.AppealFile{}, err
	}
	file, _, err := witness.NewAppealFile(id, appeal.Epoch, appeal.Partner, list)
	if err != nil {
		return witness.AppealFile{}, err
	}
	file.Record = own[0]
	_, err = file.Verify(id)
	return file, err
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
			err = errors.New("the time is not later than before")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		fixes = append(fixes, f)
	}
	if len(fixes) == 0 {
		return nil, errors.New("line 1: there is no position: want TIME,LATITUDE,LONGITUDE[,ACCURACY] a line")
	}
	return fixes, nil
}

func parseFix(line string) (witness.Fix, error) {
	words := strings.Split(line, ",")
	if len(words) != 3 && len(words) != 4 {
		return witness.Fix{}, errors.New("want TIME,LATITUDE,LONGITUDE[,ACCURACY]")
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

// readRecords reads files of records, one a line.
func readRecords(files []string) (list []radio.Signed, err error) {
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		part, err := radio.ParseSignedLines(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s, %w", path, err)
		}
		list = append(list, part...)
	}
	return list, nil
}
