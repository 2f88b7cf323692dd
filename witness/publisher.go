package witness

import (
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
// from a future slot on. So is one that another instance of the network had, and of
// which it reveals nothing any more. Of several instances the one that has the
// running chain takes the coming ones, too. It is not safe for use by several
// goroutines.
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
	p.leave(now)
	if err := p.cover(now); err != nil {
		return nil, err
	}
	var actions []PublisherAction
	for _, c := range p.chains {
		if !p.yields(c, now) {
			actions = c.ask(actions, now)
		}
		actions = p.look(actions, c, now)
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

// covered says whether a chain to that end serves or will: the highest revision does, or
// none.
func (p *Publisher) covered(to Slot, now Millis) bool {
	newest := p.newestTo(to)
	return newest != nil && newest.useful(now)
}

// newestTo is the chain of the highest revision to that end, nil if there is none.
func (p *Publisher) newestTo(to Slot) *publication {
	var newest *publication
	for _, c := range p.chains {
		if c.anchor.To == to && (newest == nil || c.anchor.Revision > newest.anchor.Revision) {
			newest = c
		}
	}
	return newest
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
