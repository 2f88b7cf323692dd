package gateway

import (
	"runtime"
	"sync"
	"testing"

	"hexspot/radio"
)

func TestStatistics(t *testing.T) {
	s := NewStatistics()
	good, other := uplink(1), uplink(2)
	other.Frequency = 868_300_000
	other.Modulation = radio.FSK{BitRate: 50000}
	bad := uplink(3)
	bad.CRC = radio.CRCBad
	s.count(&good, Forwarded)
	earlier := s.Totals()
	s.count(&good, Forwarded)
	s.count(&other, Forwarded)
	s.count(&bad, BadCRC)
	got := s.Totals().Since(earlier)
	if got.Received != 3 || got.ReceivedOK != 2 || got.PerOutcome != [outcomes]uint64{Forwarded: 2, BadCRC: 1} {
		t.Errorf("since: %+v", got)
	}
	if len(got.PerFrequency) != 2 || got.PerFrequency[868_300_000] != 1 || got.PerModulation[radio.FSK{BitRate: 50000}] != 1 {
		t.Errorf("since: %+v", got)
	}
	if none := s.Totals().Since(s.Totals()); len(none.PerFrequency) != 0 || none.Received != 0 {
		t.Errorf("since now: %+v", none)
	}
	if earlier.Received != 1 || len(earlier.PerFrequency) != 1 || earlier.PerFrequency[868_100_000] != 1 || len(earlier.PerModulation) != 1 {
		t.Errorf("an earlier snapshot has changed: %+v", earlier)
	}
}

// TestStatisticsWhileRouting reads while a router counts.
func TestStatisticsWhileRouting(t *testing.T) {
	s, u := NewStatistics(), uplink(1)
	var all sync.WaitGroup
	all.Go(func() {
		for range 1000 {
			s.count(&u, Forwarded)
		}
	})
	for before := s.Totals(); before.Received < 1000; {
		now := s.Totals()
		grown := now.Since(before)
		if n := grown.Received; grown.ReceivedOK != n || grown.PerOutcome[Forwarded] != n ||
			grown.PerFrequency[u.Frequency] != n || grown.PerModulation[u.Modulation] != n {
			t.Fatalf("counts disagree: %+v", grown)
		}
		before = now
		runtime.Gosched()
	}
	all.Wait()
}
