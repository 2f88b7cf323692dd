package network

import (
	"context"

	"hexspot/radio"
	"hexspot/witness"
)

// tell tells a station how its site stands: what the registry has of it in this epoch and in
// the next, and how many changes.
func (s *sites) tell(ctx context.Context, station radio.Station, now witness.Millis) witness.SiteStanding {
	standing, err := s.standing(ctx, station, s.timing.Epoch(s.timing.SlotAt(now)))
	if err != nil {
		s.log.Warn("a station is not told how its site stands", "station", station, "error", err)
		return witness.SiteStanding{Refused: "the registry cannot be read now: ask again"}
	}
	return standing
}

func (s *sites) standing(ctx context.Context, station radio.Station, epoch witness.Epoch) (standing witness.SiteStanding, err error) {
	standing.Epoch = epoch
	if standing.Changes, err = s.book.NextNonce(ctx, station); err != nil || standing.Changes == 0 {
		return standing, err
	}
	if standing.Now, err = s.registered(ctx, station, epoch); err != nil {
		return standing, err
	}
	next, err := s.registered(ctx, station, epoch+1)
	if next != nil && next.From > epoch {
		standing.Next = next
	}
	return standing, err
}

// registered is what the registry has of a station in an epoch, nil if nothing.
func (s *sites) registered(ctx context.Context, station radio.Station, epoch witness.Epoch) (*witness.RegisteredSite, error) {
	e, found, err := s.book.Entry(ctx, station, uint64(epoch))
	if err != nil || !found {
		return nil, err
	}
	antenna := witness.Antenna{Gain: e.Site.Gain, Loss: e.Site.Loss}
	place := witness.Placement{Antenna: antenna, Plan: e.Site.Plan, DataOnly: e.Site.DataOnly}
	return &witness.RegisteredSite{Placement: place, Cell: e.Site.Cell, From: witness.Epoch(e.From)}, nil
}
