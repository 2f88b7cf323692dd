package witness

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"hexspot/radio"
)

// Publisher is the network's side of entropy as a state machine: it makes a chain
// for each epoch ahead of it, has the seed kept before the anchor is signed and the
// anchor journaled before it is published, and reveals each slot's value at its
// start, never earlier (protocol hexspot/1, "Entropy"). A chain whose seed is lost
// or whose anchor was journaled too late is followed by one of the next revision
// from a future slot on. It is not safe for use by several goroutines.
type Publisher struct {
	config  PublisherConfig
	chains  []*publication // by first slot, end and revision
	changed bool           // the anchors to be published
	newest  *Value         // revealed
	renew   bool           // values were revealed before the start, and may not be retained any more
}

// PublisherConfig is what a network states in its anchors, and where seeds come
// from.
type PublisherConfig struct {
	Network    radio.Network
	Schedule   Schedule
	Parameters [32]byte        // SHA-256 of the parameter set
	Ingests    []radio.Station // ascending, each once
	Random     io.Reader       // seeds: 32 bytes each
}

// NewPublisher begins without any chain.
func NewPublisher(c PublisherConfig) (*Publisher, error) {
	if err := c.Schedule.Validate(); err != nil {
		return nil, fmt.Errorf("publishing entropy: %w", err)
	}
	return &Publisher{config: c}, nil
}

// stage is how far a chain has come.
type stage uint8

const (
	stageSeed      stage = iota + 1 // the seed is to be kept
	stageAnchor                     // the anchor is to be signed and journaled
	stageJournaled                  // the anchor may be published
	stageElsewhere                  // another instance has this end and revision
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
	if r.Last != nil && (p.newest == nil || p.newest.Slot < r.Last.Slot) {
		p.newest, p.renew = r.Last, true
	}
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

// Next is when Step is due if nothing happens before.
func (p *Publisher) Next(now Millis) Millis {
	return p.config.Schedule.End(p.config.Schedule.SlotAt(now))
}

// Step lets time come to now and an event happen; a nil event is none. The actions
// are to be done in order. It fails only if Random does, and may then be called
// again.
func (p *Publisher) Step(now Millis, e PublisherEvent) ([]PublisherAction, error) {
	if e != nil {
		e.apply(p)
	}
	p.retire(now)
	if err := p.cover(now); err != nil {
		return nil, err
	}
	var actions []PublisherAction
	for _, c := range p.chains {
		actions = c.ask(actions, now)
	}
	if p.changed {
		actions, p.changed = append(actions, PublishAnchors{p.anchors()}), false
	}
	return p.reveal(actions, now), nil
}

// retire drops the chains that have been over for report_ms.
func (p *Publisher) retire(now Millis) {
	before := len(p.chains)
	p.chains = slices.DeleteFunc(p.chains, func(c *publication) bool {
		return now >= c.anchor.expires()
	})
	p.changed = p.changed || len(p.chains) < before
}

// cover makes the chains that are missing: of this epoch, and of those that begin
// within AnchorAhead.
func (p *Publisher) cover(now Millis) error {
	s := p.config.Schedule
	for e := s.Epoch(s.SlotAt(now)); ; e++ {
		from, to := s.Slots(e)
		if s.Start(from)-s.AnchorAhead > now {
			return nil
		}
		if p.covered(to, now) {
			continue
		}
		// The slot after the next one: the anchor must be journaled before.
		from = max(from, s.SlotAt(now)+2)
		if from >= to {
			continue
		}
		if err := p.make(from, to); err != nil {
			return err
		}
	}
}

// covered says whether a chain to that end serves or will.
func (p *Publisher) covered(to Slot, now Millis) bool {
	return slices.ContainsFunc(p.chains, func(c *publication) bool { return c.anchor.To == to && c.useful(now) })
}

func (c *publication) useful(now Millis) bool {
	switch c.stage {
	case stageElsewhere:
		return true
	case stageJournaled:
		return c.chain != nil && !c.void
	}
	return c.chain != nil && now < c.anchor.Begins()
}

// make draws a seed and makes the chain of the next revision to that end.
func (p *Publisher) make(from, to Slot) error {
	var seed Entropy
	if _, err := io.ReadFull(p.config.Random, seed[:]); err != nil {
		return fmt.Errorf("drawing the seed of the chain to slot %d: %w", to, err)
	}
	chain, err := NewChain(p.config.Network, from, to, seed)
	if err != nil {
		return err
	}
	p.insert(&publication{
		anchor: Anchor{
			From: from, To: to, Revision: p.revisions(to), Timing: p.config.Schedule.Timing,
			Parameters: p.config.Parameters, X0: chain.X0(), Ingests: p.config.Ingests,
		},
		seed: seed, chain: chain, stage: stageSeed,
	})
	return nil
}

// revisions is the number of the next revision to that end.
func (p *Publisher) revisions(to Slot) uint32 {
	next := uint32(0)
	for _, c := range p.chains {
		if c.anchor.To == to {
			next = max(next, c.anchor.Revision+1)
		}
	}
	return next
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

// anchors are those that are published: journaled in time.
func (p *Publisher) anchors() []radio.Signed {
	var list []radio.Signed
	for _, c := range p.chains {
		if c.stage == stageJournaled && !c.void {
			list = append(list, c.signed)
		}
	}
	return list
}

// reveal gives this slot's value, once.
func (p *Publisher) reveal(actions []PublisherAction, now Millis) []PublisherAction {
	k := p.config.Schedule.SlotAt(now)
	c := p.serving(k)
	if p.newest != nil && k <= p.newest.Slot || c == nil || c.chain == nil {
		return p.again(actions)
	}
	x, _ := c.chain.Value(k)
	v := Value{Slot: k, Revision: c.anchor.Revision, Entropy: x}
	c.last, p.newest, p.renew = &v, &v, false
	return append(actions, Reveal{v, p.retained(v)})
}

// again has the values retained once more that were before the start.
func (p *Publisher) again(actions []PublisherAction) []PublisherAction {
	if !p.renew {
		return actions
	}
	p.renew = false
	return append(actions, RetainValues{p.retained(*p.newest)})
}

// serving is the chain that serves a slot, nil if there is none.
func (p *Publisher) serving(k Slot) *publication {
	var best *publication
	for _, c := range p.chains {
		usable := c.stage == stageJournaled && !c.void && c.anchor.Covers(k)
		if usable && (best == nil || c.anchor.Revision > best.anchor.Revision) {
			best = c
		}
	}
	return best
}

// retained is the newest value and the last one of each chain that is over, whose
// reports may still come.
func (p *Publisher) retained(newest Value) []Value {
	list := []Value{newest}
	for _, c := range p.chains {
		if c.anchor.To <= newest.Slot && c.stage == stageJournaled && !c.void {
			if v, ok := c.lastValue(); ok {
				list = append(list, v)
			}
		}
	}
	return list
}

// lastValue is the chain's last, or what was revealed before the seed was lost.
func (c *publication) lastValue() (Value, bool) {
	if c.chain != nil {
		return Value{Slot: c.anchor.To - 1, Revision: c.anchor.Revision, Entropy: c.seed}, true
	}
	if c.last != nil {
		return *c.last, true
	}
	return Value{}, false
}
