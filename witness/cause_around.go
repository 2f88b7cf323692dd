package witness

import (
	"iter"

	"hexspot/coverage"
	"hexspot/radio"
)

// AroundDistance is how far away stations are counted that might hear a station, or be
// heard: some links are longer, most are not.
const AroundDistance = 20 * coverage.Kilometre

// Around looks at the stations of an epoch from one of them. awake says whether a station
// reported anything.
func (p *Parameters) Around(s radio.Station, site *SiteFacts, all iter.Seq2[radio.Station, *SiteFacts], awake func(radio.Station) bool) Surroundings {
	_, plan := p.Plans[site.Plan]
	around := Surroundings{Plan: plan, Within: AroundDistance}
	if !site.Located {
		return around
	}
	for other, facts := range all {
		if other == s || !facts.Full || facts.Plan != site.Plan {
			continue
		}
		d, ok := distance(site.Position, facts.Position)
		if !ok || d > AroundDistance {
			continue
		}
		if around.Stations == 0 || d < around.Nearest {
			around.Nearest = d
		}
		around.Stations++
		if awake(other) {
			around.Awake++
		}
	}
	return around
}
