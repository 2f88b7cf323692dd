package simulate

import (
	"cmp"
	"context"

	"hexspot/radio"
	"hexspot/witness"
)

// Rules is the set of rules that the simulation judges by, and that its anchors state.
const Rules = "hexspot-1"

// court judges epoch after epoch and keeps the tallies.
type court struct {
	world      *world
	parameters *witness.Parameters
	state      witness.State
	links      witness.LinkState
	index      map[radio.Station]int
	ledgers    []*ledger // the first with all clues
	weighed    weighed
	selection  Selection
}

func newCourt(w *world) (*court, error) {
	set, err := witness.SetNamed(Rules)
	if err != nil {
		return nil, err
	}
	c := &court{
		world: w, parameters: witness.DefaultParameters(set), state: witness.State{},
		index: map[radio.Station]int{}, weighed: weighed{},
	}
	for i := range w.stations {
		c.index[w.stations[i].id] = i
	}
	c.ledgers = []*ledger{c.newLedger(nil)}
	if w.config.EachClue {
		for _, clues := range leftOut {
			c.ledgers = append(c.ledgers, c.newLedger(clues))
		}
	}
	return c, nil
}

// report gives what the ledgers have.
func (c *court) report(r *Result) {
	r.Kinds, r.Selection = c.ledgers[0].sorted(), c.selection
	for _, l := range c.ledgers[1:] {
		r.Without = append(r.Without, Without{l.without, l.sorted()})
	}
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

// judge takes one epoch.
func (c *court) judge(ctx context.Context, d *day) (Judgement, error) {
	cases, lies := d.cases()
	e := c.frozen(cases)
	verdicts, after, err := e.Judge(c.world.config.Workers)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return Judgement{}, err
	}
	links, weights, err := e.Links(d.epoch, verdicts, c.links, c.world.config.Workers)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return Judgement{}, err
	}
	c.state, c.links = after, links
	j := Judgement{d.epoch, c.parameters, e.Before, verdicts, after, links, weights}
	return j, c.book(d, cases, lies, verdicts, weights)
}
