package network

import (
	"context"
	"sync"

	"hexspot/coverage"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// surveys tell stations at once who hears their discovery beacons. It is no part of
// what a receipt promises: what cannot be told is not told.
type surveys struct {
	provingParts
	sites interface {
		Site(ctx context.Context, s radio.Station, epoch uint64) (coverage.Site, bool, error)
	}

	mu          sync.Mutex
	discoveries *witness.Discoveries
}

func newSurveys(p provingParts, sites *store.Book) *surveys {
	return &surveys{provingParts: p, sites: sites, discoveries: witness.NewDiscoveries(p.schedule.Timing)}
}

// take looks at a report that was taken.
func (s *surveys) take(ctx context.Context, r ingest.Report) {
	for _, e := range s.echoes(r) {
		e.HeardBy = s.measure(ctx, e)
		if err := s.publish(stationTopic(e.To, "heard"), e.HeardBy.Append(nil), false); err != nil {
			s.log.Debug("a station was not told who hears it", "station", e.To, "error", err)
		}
	}
}

func (s *surveys) echoes(r ingest.Report) []witness.Echo {
	switch r.Signed.Kind {
	case radio.KindDiscovery:
		if d, err := witness.ParseDiscovery(r.Signed.Body); err == nil { // the ingest has read it
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.discoveries.Announce(r.Received, r.Signed.Station, d)
		}
	case radio.KindWitness:
		if w, err := witness.ParseBatch(r.Signed.Body); err == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.discoveries.Hear(r.Received, r.Signed.Station, w.Observations)
		}
	}
	return nil
}

// measure adds the distance if both stations have a site.
func (s *surveys) measure(ctx context.Context, e witness.Echo) witness.HeardBy {
	here, ok := s.center(ctx, e.To)
	there, also := s.center(ctx, e.HeardBy.Station)
	if !ok || !also {
		return e.HeardBy
	}
	return e.HeardBy.Between(here, there)
}

func (s *surveys) center(ctx context.Context, station radio.Station) (coverage.Position, bool) {
	t := s.schedule.Timing
	epoch := uint64(t.Epoch(t.SlotAt(present()))) + 1 // a site that begins with the next one will do
	site, known, err := s.sites.Site(ctx, station, epoch)
	if err != nil {
		s.log.Debug("a distance is not told", "station", station, "error", err)
	}
	return site.Center, known && err == nil
}
