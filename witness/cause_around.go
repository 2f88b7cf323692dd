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
	if countNear(&a.Stations, &a.Nearest, site, other) && awake {
		a.Awake++
	}
}

// CountOther counts a full station with another plan, if it is near enough.
func (a *Surroundings) CountOther(site, other coverage.Position) {
	countNear(&a.Others, &a.OthersWithin, site, other)
}

// countNear counts a station that is near enough, and notes the nearest.
func countNear(stations *uint64, nearest *coverage.Millimetres, site, other coverage.Position) bool {
	d, ok := distance(site, other)
	if !ok || d > AroundDistance {
		return false
	}
	if *stations == 0 || d < *nearest {
		*nearest = d
	}
	*stations++
	return true
}
