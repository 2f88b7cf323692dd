package witness

import (
	"cmp"
	"fmt"
	"slices"

	"hexspot/radio"
)

// stage is how far a chain has come.
type stage uint8

const (
	stageSeed      stage = iota + 1 // the seed is to be kept
	stageAnchor                     // the anchor is to be signed and journaled
	stageJournaled                  // the anchor may be published
	stageElsewhere                  // another instance has this end and revision, or may have
	stageLost                       // nobody reveals it any more
)

// publication is one chain.
type publication struct {
	anchor Anchor
	seed   Entropy
	chain  *Chain // nil: the seed is lost
	stage  stage
	asked  bool // for what the stage needs
	signed radio.Signed
	void   bool
	last   *Value // newest revealed
	watch  watch  // of stageElsewhere
}

// Publication is a chain as it was stored, given to Restore after a start.
type Publication struct {
	Anchor    Anchor
	Seed      *Entropy      // nil: lost
	Signed    *radio.Signed // nil: not journaled
	Journaled Millis        // only if Signed
	Last      *Value        // newest one revealed, nil: none
}

// Restore takes over a chain made before the start, ahead of the first Step. It
// refuses a seed that does not lead to the anchor.
func (p *Publisher) Restore(r Publication) error {
	c := &publication{anchor: r.Anchor, stage: stageAnchor, last: r.Last}
	if r.Seed != nil {
		chain, err := NewChain(p.config.Network, r.Anchor.From, r.Anchor.To, *r.Seed)
		if err != nil {
			return err
		}
		if chain.X0() != r.Anchor.X0 {
			return fmt.Errorf("chain to slot %d, revision %d: the seed does not lead to the anchor", r.Anchor.To, r.Anchor.Revision)
		}
		c.chain, c.seed = chain, *r.Seed
	}
	if r.Signed != nil {
		c.journaled(*r.Signed, r.Journaled)
		p.changed = true
	}
	p.renewWith(r.Last)
	p.insert(c)
	return nil
}

func (p *Publisher) insert(c *publication) {
	p.chains = append(p.chains, c)
	slices.SortFunc(p.chains, func(a, b *publication) int {
		return cmp.Or(cmp.Compare(a.anchor.From, b.anchor.From), cmp.Compare(a.anchor.To, b.anchor.To),
			cmp.Compare(a.anchor.Revision, b.anchor.Revision))
	})
}

func (c *publication) useful(now Millis) bool {
	switch c.stage {
	case stageElsewhere:
		return true
	case stageLost:
		return false
	case stageJournaled:
		return c.chain != nil && !c.void
	}
	return c.chain != nil && now < c.anchor.Begins()
}

// ask asks once for what a chain needs to go on, unless it comes too late.
func (c *publication) ask(actions []PublisherAction, now Millis) []PublisherAction {
	if c.asked || !c.useful(now) {
		return actions
	}
	switch c.stage {
	case stageSeed:
		c.asked = true
		return append(actions, KeepSeed{c.anchor.From, c.anchor.To, c.anchor.Revision, c.seed})
	case stageAnchor:
		c.asked = true
		return append(actions, SignAnchor{c.anchor})
	}
	return actions
}

func (c *publication) journaled(s radio.Signed, at Millis) {
	c.signed, c.stage, c.void = s, stageJournaled, at > c.anchor.Begins()
}

// lastBefore is the chain's last value when it is over by the newest one, or else what was
// revealed of it before the seed was lost or a later revision began. It is false if there is
// none, or if the chain still serves or is to serve.
func (c *publication) lastBefore(newest Value) (Value, bool) {
	over := c.anchor.To <= newest.Slot
	switch {
	case over && c.chain != nil:
		return Value{Slot: c.anchor.To - 1, Revision: c.anchor.Revision, Entropy: c.seed}, true
	case c.last != nil && (over || c.anchor.Covers(newest.Slot) && c.anchor.Revision < newest.Revision):
		return *c.last, true
	}
	return Value{}, false
}
