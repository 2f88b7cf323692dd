package witness

import "hexspot/radio"

// Select chooses the witnesses of a beacon that are paid, as the set says: by cell and
// the value published first after the freeze, or by arrival.
func (p *Parameters) Select(valueZ Entropy, tag Tag, candidates []Candidate) ([]radio.Station, error) {
	var stations []radio.Station
	if p.Set.byArrival {
		for _, c := range SelectByArrival(candidates, int(p.MaxSelected)) {
			stations = append(stations, c.Station)
		}
		return stations, nil
	}
	selected, err := SelectByCell(valueZ, tag, candidates, int(p.MaxSelected))
	for _, s := range selected {
		stations = append(stations, s.Station)
	}
	return stations, err
}
