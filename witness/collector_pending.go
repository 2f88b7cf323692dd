package witness

import "fmt"

// MaxPending is the most observations that Pending gives.
const MaxPending = MaxRetained

// Pending gives the observations that no batch has left with: those that are held, and
// dated ones that wait for entropy, as far as there is room. It is what would be lost if
// the program died now, but for frames that have no date yet.
func (c *Collector) Pending() []Observation {
	list := append([]Observation(nil), c.batch.Observations...)
	for _, s := range c.unchecked[:min(len(c.unchecked), MaxPending-len(list))] {
		list = append(list, s.observation)
	}
	return list
}

// RestorePending takes what was pending before a start, to be checked when the entropy of
// its slots is known.
func (c *Collector) RestorePending(list []Observation) {
	for _, o := range list {
		if o.CheckRange() != nil {
			c.dropped[DropRange]++
			continue
		}
		c.unchecked = c.keep(c.unchecked, sighting{observation: o, dated: true}, maxUnchecked)
	}
}

// AppendObservations appends a list of observations as a station keeps them for itself.
func AppendObservations(b []byte, list []Observation) []byte {
	return appendEach(b, list, Observation.append)
}

// ParseObservations reads a list of at most MaxPending observations. AppendObservations
// gives the same bytes.
func ParseObservations(b []byte) ([]Observation, error) {
	list, err := parseEach(b, "observations", parseObservation)
	if err != nil {
		return nil, fmt.Errorf("observations: %w", err)
	}
	return list, nil
}
