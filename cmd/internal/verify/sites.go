package verify

import (
	"fmt"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

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
