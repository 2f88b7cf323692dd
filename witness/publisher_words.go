package witness

import (
	"fmt"

	"hexspot/radio"
)

// PublisherEvent is what happens to a Publisher.
type PublisherEvent interface{ apply(*Publisher) }

// SeedKept says that KeepSeed is done: the seed survives a power cut.
type SeedKept struct {
	To       Slot
	Revision uint32
}

// AnchorJournaled says that SignAnchor is done.
type AnchorJournaled struct {
	To       Slot
	Revision uint32
	Signed   radio.Signed
	At       Millis // as journaled
}

// ChainElsewhere says that the store has another chain with this end and revision:
// a second instance made it, and reveals it while it lives.
type ChainElsewhere struct {
	To       Slot
	Revision uint32
}

func (e SeedKept) apply(p *Publisher) {
	if c := p.find(e.To, e.Revision, stageSeed); c != nil {
		c.stage, c.asked = stageAnchor, false
	}
}

func (e AnchorJournaled) apply(p *Publisher) {
	if c := p.find(e.To, e.Revision, 0); c != nil && c.chain != nil && c.stage != stageJournaled {
		c.journaled(e.Signed, e.At)
		p.changed = p.changed || !c.void
	}
}

func (e ChainElsewhere) apply(p *Publisher) {
	if c := p.find(e.To, e.Revision, 0); c != nil && c.stage != stageJournaled {
		c.elsewhere()
	}
}

// find is the chain with that end and revision, in that stage if it is not 0.
func (p *Publisher) find(to Slot, revision uint32, at stage) *publication {
	for _, c := range p.chains {
		if c.anchor.To == to && c.anchor.Revision == revision && (at == 0 || c.stage == at) {
			return c
		}
	}
	return nil
}

// PublisherAction is what a Publisher wants done.
type PublisherAction interface {
	fmt.Stringer
	publisherAction()
}

// KeepSeed asks to store a seed so that it survives a power cut, under its end and
// revision, which are unique, and in no backup. Answer: SeedKept or ChainElsewhere.
type KeepSeed struct {
	From, To Slot
	Revision uint32
	Seed     Entropy // secret until the chain is over
}

// SignAnchor asks to sign an anchor with the network's key and to journal it.
// Answer: AnchorJournaled or ChainElsewhere.
type SignAnchor struct{ Anchor Anchor }

// PublishAnchors asks to retain these anchors below hexspot/net/anchor.
type PublishAnchors struct{ Anchors []radio.Signed }

// Reveal asks to retain the list below hexspot/net/value, and to log the value
// with the time of that.
type Reveal struct {
	Value    Value
	Retained []Value // Value first
}

// RetainValues asks to retain values below hexspot/net/value that were revealed and
// logged before.
type RetainValues struct{ Retained []Value }

func (KeepSeed) publisherAction()       {}
func (SignAnchor) publisherAction()     {}
func (PublishAnchors) publisherAction() {}
func (Reveal) publisherAction()         {}
func (RetainValues) publisherAction()   {}

// String says which seed, never the seed.
func (a KeepSeed) String() string {
	return fmt.Sprintf("keep the seed of slots %d to %d, revision %d", a.From, a.To, a.Revision)
}

// String says which anchor.
func (a SignAnchor) String() string {
	return fmt.Sprintf("sign the anchor of slots %d to %d, revision %d", a.Anchor.From, a.Anchor.To, a.Anchor.Revision)
}

// String says how many.
func (a PublishAnchors) String() string { return fmt.Sprintf("publish %d anchors", len(a.Anchors)) }

// String says which values.
func (a Reveal) String() string {
	text := fmt.Sprintf("reveal slot %d of revision %d", a.Value.Slot, a.Value.Revision)
	for _, v := range a.Retained[1:] {
		text += fmt.Sprintf(", keep slot %d of revision %d", v.Slot, v.Revision)
	}
	return text
}

// String says how many.
func (a RetainValues) String() string { return fmt.Sprintf("retain %d values again", len(a.Retained)) }
