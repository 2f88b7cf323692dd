package witness

import "hexspot/coverage"

// AroundDistance is how far away stations are counted that might hear a station, or be
// heard: some links are longer, most are not.
const AroundDistance = 20 * coverage.Kilometre

// SurroundingsOf are those of a station with a channel plan before anybody is counted.
func (p *Parameters) SurroundingsOf(plan string) Surroundings {
	_, known := p.Plans[plan]
	return Surroundings{Plan: known, PlanName: plan, Within: AroundDistance}
}

// Count counts another full station with the same plan, if it is near enough. awake says
// whether it reported anything.
func (a *Surroundings) Count(site, other coverage.Position, awake bool) {
	d, ok := distance(site, other)
	if !ok || d > AroundDistance {
		return
	}
	if a.Stations == 0 || d < a.Nearest {
		a.Nearest = d
	}
	a.Stations++
	if awake {
		a.Awake++
	}
}

// CountOther counts a full station with another plan, if it is near enough.
func (a *Surroundings) CountOther(site, other coverage.Position) {
	d, ok := distance(site, other)
	if !ok || d > AroundDistance {
		return
	}
	if a.Others == 0 || d < a.OthersWithin {
		a.OthersWithin = d
	}
	a.Others++
}
