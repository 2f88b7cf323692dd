package simulate

import (
	"hexspot/radio"
	"hexspot/witness"
)

// court judges epoch after epoch and keeps the tallies.
type court struct {
	world      *world
	parameters *witness.Parameters
	state      witness.State
	links      witness.LinkState
	accounts   []account
	index      map[radio.Station]int
	tallies    map[Kind]*Tally
}

func newCourt(w *world) (*court, error) {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		return nil, err
	}
	c := &court{
		world: w, parameters: witness.DefaultParameters(set), state: witness.State{},
		accounts: make([]account, len(w.stations)), index: map[radio.Station]int{}, tallies: map[Kind]*Tally{},
	}
	for i := range w.stations {
		s := &w.stations[i]
		c.index[s.id] = i
		kind := c.row(i)
		if c.tallies[kind] == nil {
			c.tallies[kind] = &Tally{Kind: kind}
		}
		c.tallies[kind].Stations++
	}
	return c, nil
}

// row is the kind that a station is tallied as: of informed cheaters each of their two
// ways.
func (c *court) row(i int) Kind {
	s := &c.world.stations[i]
	switch {
	case s.kind == Informed && s.secret:
		return Informed + "_apart"
	case s.kind == Informed:
		return Informed + "_in_town"
	}
	return s.kind
}

// judge takes one epoch. Before the first the reciprocity of all is as if the day
// before had been like it, so that a network's first hours do not count as cheating.
func (c *court) judge(d *day) (Judgement, error) {
	cases, lies := d.cases()
	t := c.world.timing
	e := witness.FrozenEpoch{
		Parameters: c.parameters, Length: int64(t.EpochSlots) * int64(t.Slot), Before: c.state, Cases: cases,
	}
	if len(c.state) == 0 {
		_, first, err := e.Judge(c.world.config.Workers)
		if err != nil {
			return Judgement{}, err
		}
		e.Before = earlier(first, e.Length)
	}
	verdicts, after, err := e.Judge(c.world.config.Workers)
	if err != nil {
		return Judgement{}, err
	}
	links, weights, err := e.Links(d.epoch, verdicts, c.links, c.world.config.Workers)
	if err != nil {
		return Judgement{}, err
	}
	c.state, c.links = after, links
	j := Judgement{d.epoch, c.parameters, e.Before, verdicts, after, links, weights}
	return j, c.book(d, cases, lies, verdicts, weights)
}

// earlier is a state as it was some ms before.
func earlier(s witness.State, by int64) witness.State {
	before := witness.State{}
	for station, e := range s {
		if e.Beaconed > 0 {
			e.Beaconed -= by
		}
		if e.Witnessed > 0 {
			e.Witnessed -= by
		}
		if e.Reported > 0 {
			e.Reported -= by
		}
		before[station] = e
	}
	return before
}
