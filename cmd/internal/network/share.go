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

	mu    sync.Mutex
	epoch witness.Epoch
	known map[radio.Station]struct{} // that have a site in that epoch, a bounded number of them
	told  bool
}

// journalUse says how full a journal is.
type journalUse interface{ Used() (used, most int64) }

const (
	// strangersPart is the part of the journal, one in so many, up to which everybody may fill it.
	strangersPart = 2
	// mostKnown bounds what is remembered of the registry, to some 2 MB.
	mostKnown = 1 << 14
)

// errShare refuses a station without a site.
var errShare = errors.New("the journal is half full, and the rest is for stations with a site: publish one, or send it again later")

// room is errShare if what a station sends may not be kept now. Other errors are the registry's.
func (s *share) room(ctx context.Context, station radio.Station, epoch witness.Epoch) error {
	if s.journal == nil {
		return nil
	}
	used, most := s.journal.Used()
	full := used >= most/strangersPart
	s.tell(full, used)
	if !full || s.remembers(station, epoch) {
		return nil
	}
	known, err := s.registry.Known(ctx, station, epoch)
	if err != nil {
		return err
	}
	if !known {
		return errShare
	}
	s.remember(station, epoch)
	return nil
}

// tell warns once when stations without a site begin to be refused.
func (s *share) tell(full bool, used int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if full && !s.told {
		s.log.Warn("the journal is half full: stations without a site are refused until it is not", "bytes", used)
	}
	s.told = full
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

// remember notes that a station has a site in an epoch, unless another one has begun meanwhile.
func (s *share) remember(station radio.Station, epoch witness.Epoch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != epoch {
		return
	}
	if s.known == nil || len(s.known) >= mostKnown {
		s.known = map[radio.Station]struct{}{}
	}
	s.known[station] = struct{}{}
}
