package answers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Day is an epoch of a station in short.
type Day struct {
	Epoch        witness.Epoch
	Beacon       uint64 // shares, 10^-8
	Witness      uint64
	Beacons      uint64 // reports
	Observations uint64
	Unreadable   bool // its verdicts are there, but this build cannot read them, or they are damaged
}

// mostDays is how many epochs a history has.
const mostDays = 30

// Days are the newest epochs of a station, the newest first. One that cannot be read is no
// reason not to tell of the others.
func (b *Book) Days(ctx context.Context, s radio.Station) ([]Day, error) {
	epochs, err := b.newestFirst(nil)
	if err != nil {
		return nil, err
	}
	var days []Day
	for _, number := range epochs[:min(len(epochs), mostDays)] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		day, err := b.day(s, number)
		if errors.Is(err, ErrUnknown) {
			continue // it was removed meanwhile
		}
		if err != nil {
			b.passOver(number, err)
			day = Day{Epoch: number, Unreadable: true}
		}
		days = append(days, day)
	}
	return days, nil
}

func (b *Book) day(s radio.Station, number witness.Epoch) (Day, error) {
	e, err := b.at(number)
	if err != nil {
		return Day{}, err
	}
	t, _, err := e.result.Tally(s)
	return Day{number, t.Beacon, t.Witness, t.Beacons.Total(), t.Observations.Total(), false}, err
}

// sortProvisions has the station's own first, then links by their stations.
func sortProvisions(all []Provision) {
	slices.SortFunc(all, func(a, b Provision) int {
		return cmp.Or(
			bytes.Compare(a.Subject.A.Bytes(), b.Subject.A.Bytes()),
			bytes.Compare(a.Subject.B.Bytes(), b.Subject.B.Bytes()),
		)
	})
}
