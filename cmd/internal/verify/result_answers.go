package verify

import (
	"fmt"
	"os"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Sites are the facts of all stations in the epoch's snapshot.
func (r *Result) Sites() (map[radio.Station]*witness.SiteFacts, error) {
	file, err := os.Open(r.path(sitesName))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	snapshot, err := coverage.ReadSnapshot(file)
	if err != nil {
		return nil, err
	}
	sites := make(map[radio.Station]*witness.SiteFacts, len(snapshot.Listings))
	for _, l := range snapshot.Listings {
		facts, err := witness.SiteFactsOf(l.Site)
		if err != nil {
			return nil, fmt.Errorf("site of %v: %w", l.Station, err)
		}
		sites[l.Station] = &facts
	}
	return sites, nil
}

// Provisions are the weights below one half after the epoch.
func (r *Result) Provisions() (witness.Provisions, error) {
	text, err := os.ReadFile(r.path(provisionsName))
	if err != nil {
		return nil, err
	}
	return witness.ParseProvisions(text)
}

// Outcomes are the appeals that were judged in the epoch, and what became of weights below
// one half.
func (r *Result) Outcomes() (witness.Outcomes, error) {
	text, err := os.ReadFile(r.path(outcomesName))
	if err != nil {
		return witness.Outcomes{}, err
	}
	return witness.ParseOutcomes(text)
}
