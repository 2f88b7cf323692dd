package verify

import (
	"fmt"
	"iter"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Listed is a snapshot that is in memory, as Inputs want it.
func Listed(listings []coverage.Listing) iter.Seq2[coverage.Listing, error] {
	return func(yield func(coverage.Listing, error) bool) {
		for _, l := range listings {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// SitesOf are the facts of the stations that a snapshot lists. A station that it does
// not list is not registered.
func SitesOf(listings []coverage.Listing) (map[radio.Station]witness.SiteFacts, error) {
	sites := make(map[radio.Station]witness.SiteFacts, len(listings))
	for _, l := range listings {
		facts, err := witness.SiteFactsOf(l.Site)
		if err != nil {
			return nil, fmt.Errorf("site of %v: %w", l.Station, err)
		}
		sites[l.Station] = facts
	}
	return sites, nil
}
