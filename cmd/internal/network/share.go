package network

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// share keeps the second half of the journal for stations that have a site. Keys cost nothing, so
// whoever makes many of them could fill a journal that takes from everybody, and nothing of those that
// the network is made of would be kept. Below half full nobody is looked up.
type share struct {
	journal  journalUse
	registry ingest.Registry
	log      *slog.Logger

	mu        sync.Mutex
	epoch     witness.Epoch
	known     map[radio.Station]struct{}       // that have a site in that epoch, a bounded number of them
	strangers map[radio.Station]witness.Millis // that had none then, as many
	told      bool
}

// journalUse says how full a journal is.
type journalUse interface{ Used() (used, most int64) }

const (
	// strangersPart is the part of the journal, one in so many, up to which everybody may fill it.
	strangersPart = 2
	// calmPart, in sixteenths, is below what part it was half full and is not any more.
	calmPart = 7
	// mostKnown bounds what is remembered of the registry, to some 2 MB of each kind.
	mostKnown = 1 << 14
	// strangerTime is for how long it is remembered that a station has no site: whoever sends without
	// pause is looked up no more often, and whose site is entered waits no longer.
	strangerTime witness.Millis = 3_000
)

// errShare refuses a station without a site.
var errShare = errors.New("the journal is half full, and the rest is for stations with a site: publish one, or send it again later")

// room is errShare if what a station sends may not be kept now. Other errors are the registry's.
func (s *share) room(ctx context.Context, station radio.Station, epoch witness.Epoch, now witness.Millis) error {
	if s.journal == nil {
		return nil
	}
	used, most := s.journal.Used()
	full := used >= most/strangersPart
	s.tell(full, used >= most/16*calmPart, used)
	switch {
	case !full, s.remembers(station, epoch):
		return nil
	case s.isStranger(station, now):
		return errShare
	}
	known, err := s.registry.Known(ctx, station, epoch)
	if err != nil {
		return err
	}
	s.remember(station, epoch, known, now)
	if !known {
		return errShare
	}
	return nil
}

// tell warns when stations without a site begin to be refused, and again only after it was well below
// that: a journal about half full crosses it with each file that is rolled off.
func (s *share) tell(full, nearly bool, used int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if full && !s.told {
		s.log.Warn("the journal is half full: stations without a site are refused until it is not", "bytes", used)
	}
	s.told = full || s.told && nearly
}

func (s *share) remembers(station radio.Station, epoch witness.Epoch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != epoch {
		s.epoch, s.known = epoch, nil
	}
	_, ok := s.known[station]
	return ok
}

// isStranger says whether a station had no site just now.
func (s *share) isStranger(station radio.Station, now witness.Millis) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.strangers[station]
	return ok && at <= now && now < at+strangerTime // a clock may be set back
}

// remember notes whether a station has a site in an epoch. That it has is of no use if another epoch has
// begun meanwhile.
func (s *share) remember(station radio.Station, epoch witness.Epoch, known bool, now witness.Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !known:
		note(&s.strangers, station, now)
	case s.epoch == epoch:
		note(&s.known, station, struct{}{})
	}
}

// note enters a station in a map that is begun anew when it is full.
func note[T any](in *map[radio.Station]T, station radio.Station, value T) {
	if *in == nil || len(*in) >= mostKnown {
		*in = map[radio.Station]T{}
	}
	(*in)[station] = value
}
