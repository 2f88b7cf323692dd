package simulate

import (
	"cmp"
	"context"

	"hexspot/witness"
)

// begin has the network run before the first epoch, so that its first hours do not count as
// cheating: for a day, and for one before that which was like it. An event counts for two
// days; who takes part in one every other day must not look as if it never did.
func (c *court) begin(ctx context.Context) error {
	w := *c.world
	w.config.Signatures = false // nobody sees what is sent
	d, err := w.live(ctx, firstEpoch-1)
	if err == nil {
		err = d.pack(nil)
	}
	if err != nil {
		return err
	}
	cases, _ := d.cases()
	e := c.frozen(cases)
	_, first, err := e.Judge(w.config.Workers)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	e.Before = earlier(first, e.Length)
	_, c.state, err = e.Judge(w.config.Workers)
	return cmp.Or(err, ctx.Err())
}

// frozen is an epoch after the state there is.
func (c *court) frozen(cases []witness.Case) witness.FrozenEpoch {
	t := c.world.timing
	return witness.FrozenEpoch{Parameters: c.parameters, Length: int64(t.EpochSlots) * int64(t.Slot), Before: c.state, Cases: cases}
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
