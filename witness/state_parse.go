package witness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"hexspot/radio"
)

// ParseState reads what State.AppendText wrote, and nothing else: what it takes is written
// again as the same bytes.
func ParseState(text []byte) (State, error) {
	s := State{}
	err := eachEvents(bytes.NewReader(text), nil, func(station radio.Station, e Events) { s[station] = e })
	if err != nil {
		return nil, err
	}
	return s, nil
}

// ReadEventsBy reads what ParseState does, by the numbers of stations, which are given one if they
// have none. Nothing else of it is in memory.
func ReadEventsBy(in io.Reader, stations *radio.Stations) (EventsBy, error) {
	by := make(EventsBy, stations.Len())
	err := eachEvents(in, stations, func(station radio.Station, e Events) {
		n := int(stations.Number(station))
		for n >= len(by) {
			by = append(by, Events{})
		}
		by[n] = e
	})
	if err != nil {
		return nil, err
	}
	return by, nil
}

// eachEvents reads the lines of a state, which have one order and one form.
func eachEvents(from io.Reader, known KeyChecker, each func(radio.Station, Events)) error {
	in := bufio.NewReader(from)
	var last radio.Station
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("state: %w", err)
		}
		station, e, err := readEvents(line, known)
		if err == nil && number > 1 && last.Compare(station) >= 0 {
			err = errState
		}
		if err != nil {
			return fmt.Errorf("state, line %d: %w", number, err)
		}
		each(station, e)
		last = station
	}
}

func readEvents(line []byte, known KeyChecker) (radio.Station, Events, error) {
	w := &words{rest: strings.TrimSuffix(string(line), "\n"), known: known}
	station := w.station()
	e := Events{Beaconed: w.number(64), Witnessed: w.number(64)}
	if w.rest != "" {
		e.Reported = w.number(64)
	}
	err := w.end()
	if err == nil && !bytes.Equal(appendEvents(nil, station, e), line) {
		err = errState
	}
	return station, e, err
}

var errState = errors.New("not in canonical form")
