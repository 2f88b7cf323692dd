package network

import (
	"context"
	"sync"

	"hexspot/coverage"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
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

// take looks at a report that the ingest has taken, at a time.
func (s *surveys) take(ctx context.Context, report []byte, received witness.Millis) {
	for _, e := range s.echoes(report, received) {
		e.HeardBy = s.measure(ctx, e)
		if err := s.publish(stationTopic(e.To, "heard"), e.HeardBy.Append(nil), false); err != nil {
			s.log.Debug("a station was not told who hears it", "station", e.To, "error", err)
		}
	}
}

// echoes reads what the ingest has read before, so that there is no error.
func (s *surveys) echoes(report []byte, received witness.Millis) []witness.Echo {
	signed, err := radio.ParseSigned(report)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch signed.Kind {
	case radio.KindDiscovery:
		if d, err := witness.ParseDiscovery(signed.Body); err == nil {
			return s.discoveries.Announce(received, signed.Station, d)
		}
	case radio.KindWitness:
		if w, err := witness.ParseBatch(signed.Body); err == nil {
			return s.discoveries.Hear(received, signed.Station, w.Observations)
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
