package witness

import (
	"fmt"

	"hexspot/radio"
)

// quietSlots is for how many slots in a row an instance that looks once a slot must find
// nothing new of a chain before it takes it that nobody has the seed any more. Whoever has it
// reveals a value a slot. They are counted by looks and not by the clock, so that a host that
// stood still for an hour does not find that all others have been silent for one.
const quietSlots = 3

// watch is what is seen of a chain that another instance has.
type watch struct {
	slot  Slot // looked in last
	begun bool // there was a look
	heard Slot // newest slot seen as revealed
	quiet int  // looks in a row, after the first, with nothing new
}

// elsewhere leaves the chain to another instance.
func (c *publication) elsewhere() { c.stage, c.watch = stageElsewhere, watch{} }

// leave watches the chains whose anchor was not journaled before they began: another instance
// may have them, or nobody.
func (p *Publisher) leave(now Millis) {
	for _, c := range p.chains {
		if (c.stage == stageSeed || c.stage == stageAnchor) && now >= c.anchor.Begins() {
			c.elsewhere()
		}
	}
}

// look asks once a slot how far a chain that another instance has is revealed, once its values
// are due.
func (p *Publisher) look(actions []PublisherAction, c *publication, now Millis) []PublisherAction {
	k := p.config.Schedule.SlotAt(now)
	if c.stage != stageElsewhere || !c.anchor.Covers(k) || c.watch.begun && k <= c.watch.slot {
		return actions
	}
	c.watch.slot = k
	return append(actions, WatchChain{c.anchor.To, c.anchor.Revision, c.anchor.X0})
}

// yields says whether the anchor of a chain to come is left to whoever has the running one, so
// that instances that live do not take turns. When half of the time ahead has passed and nobody
// has taken it, it is for all.
func (p *Publisher) yields(c *publication, now Millis) bool {
	s := p.config.Schedule
	_, to := s.Slots(s.Epoch(s.SlotAt(now)))
	if c.stage != stageAnchor || c.anchor.To == to || now >= c.anchor.Begins()-s.AnchorAhead/2 {
		return false
	}
	running := p.newestTo(to)
	return running != nil && running.others()
}

// others says whether a chain is another instance's, or may become one.
func (c *publication) others() bool {
	return c.stage == stageSeed || c.stage == stageAnchor || c.stage == stageElsewhere
}

// replaced says whether another instance has a newer chain for a slot than c.
func (p *Publisher) replaced(c *publication, k Slot) bool {
	for _, d := range p.chains {
		if d.stage == stageElsewhere && d.anchor.Covers(k) && d.anchor.Revision > c.anchor.Revision && d.anchor.To == c.anchor.To {
			return true
		}
	}
	return false
}

// WatchChain asks how far a chain is revealed that another instance has. Answer:
// ChainWatched, or none if that cannot be told now.
type WatchChain struct {
	To       Slot
	Revision uint32
	X0       [32]byte // of the chain that this instance would have made
}

// ChainWatched is what was found.
type ChainWatched struct {
	To       Slot
	Revision uint32
	Nobody   bool // the end and revision is nobody's, or this instance's own
	Revealed Slot // newest slot revealed of this revision or a higher one, 0: none
}

func (e ChainWatched) apply(p *Publisher) {
	c := p.find(e.To, e.Revision, stageElsewhere)
	switch {
	case c == nil:
	case e.Nobody:
		c.stage = stageLost
	case !c.watch.begun || e.Revealed > c.watch.heard:
		c.watch.begun, c.watch.heard, c.watch.quiet = true, e.Revealed, 0
	default:
		if c.watch.quiet++; c.watch.quiet >= quietSlots {
			c.stage = stageLost
		}
	}
}

// Abandoned says whether a chain that another instance had is taken for lost.
func (p *Publisher) Abandoned(to Slot, revision uint32) bool {
	return p.find(to, revision, stageLost) != nil
}

// ChainReplaced says that another instance has a newer revision to that end, which serves
// from a slot on. What this one has of older ones is revealed up to there.
type ChainReplaced struct {
	From, To Slot
	Revision uint32
}

func (e ChainReplaced) apply(p *Publisher) {
	if p.find(e.To, e.Revision, 0) != nil {
		return
	}
	p.insert(&publication{anchor: Anchor{From: e.From, To: e.To, Revision: e.Revision, Timing: p.config.Schedule.Timing}, stage: stageElsewhere})
}

// ChainRecalled gives what the journal has of a chain that nobody reveals any more: stations
// need its anchor, and the last value, for the reports of its slots.
type ChainRecalled struct {
	Anchor    Anchor
	Signed    radio.Signed
	Journaled Millis
	Last      *Value // nil: none
}

func (e ChainRecalled) apply(p *Publisher) {
	c := p.find(e.Anchor.To, e.Anchor.Revision, stageLost)
	if c == nil {
		return
	}
	c.anchor, c.chain, c.last = e.Anchor, nil, e.Last
	c.journaled(e.Signed, e.Journaled)
	p.changed = true
	p.renewWith(e.Last)
}

// renewWith has a value retained that was revealed before, if it is the newest.
func (p *Publisher) renewWith(v *Value) {
	if v != nil && (p.newest == nil || p.newest.Slot < v.Slot) {
		p.newest, p.renew = v, true
	}
}

func (WatchChain) publisherAction() {}

// String says which chain.
func (a WatchChain) String() string {
	return fmt.Sprintf("watch the chain to slot %d, revision %d", a.To, a.Revision)
}
