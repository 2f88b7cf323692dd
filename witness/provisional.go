package witness

import (
	"cmp"

	"hexspot/radio"
)

// half is the weight below which it is provisional first.
const half = whole / 2

// Provisional is the weight below which it is provisional first, ten-thousandths.
const Provisional = half

// Subject is what a weight is of: a link, its stations in order, or a station, which
// then stands alone.
type Subject struct{ A, B radio.Station }

// StationSubject is a station with the clues about it.
func StationSubject(s radio.Station) Subject { return Subject{A: s} }

// LinkSubject is a link with its own clues, without those about its stations.
func LinkSubject(a, b radio.Station) Subject {
	t, _ := twinsOf(a, b)
	return Subject(t)
}

// IsLink says that the subject is a link.
func (s Subject) IsLink() bool { return !s.B.IsZero() }

func (s Subject) compare(o Subject) int {
	return cmp.Or(compareStations(s.A, o.A), compareStations(s.B, o.B))
}

// Holding are shares that a weight took from a station, 10^-8.
type Holding struct{ Beacon, Witness uint64 }

func (h Holding) plus(o Holding) Holding { return Holding{h.Beacon + o.Beacon, h.Witness + o.Witness} }

// Held are the shares that weights took in an epoch: by the subject whose clue left least,
// and by who would have got them. The zero Held is made by make.
type Held map[Subject]map[radio.Station]Holding

// Add notes what a subject took from a station.
func (h Held) Add(s Subject, station radio.Station, more Holding) {
	if more == (Holding{}) {
		return
	}
	if h[s] == nil {
		h[s] = map[radio.Station]Holding{}
	}
	h[s][station] = h[s][station].plus(more)
}

// Provision is a weight below one half. It counts from its first epoch, but what it
// takes is noted until it is final; an appeal that succeeds before releases that.
type Provision struct {
	Since  Epoch  // in which the weight fell
	Seen   Epoch  // the last one in which there were clues
	Weight uint64 // then, ten-thousandths
	Final  bool
	Clues  []Clue // then: those below one half, in order
	Held   map[radio.Station]Holding
}

// Provisions are the weights below one half that one epoch hands to the next. They are
// never changed.
type Provisions map[Subject]Provision
