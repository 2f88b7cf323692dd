package network

import (
	"errors"
	"fmt"

	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// restore gives the publisher the chains that are kept.
func (e *entropy) restore(c witness.PublisherConfig) error {
	if err := e.forget(); err != nil {
		return err
	}
	list, err := e.chains.Keys()
	for _, k := range list {
		if err := e.restoreOne(c, k); err != nil {
			return err
		}
	}
	return err
}

// forget removes the chains that have been over for so long that no report of theirs is
// in time any more. The journal has their anchors and values.
func (e *entropy) forget() error {
	list, err := e.chains.Keys()
	for _, k := range list {
		if e.now() >= e.schedule.Start(k.To)+e.schedule.Report {
			err = errors.Join(err, e.chains.Remove(k))
		}
	}
	return err
}

func (e *entropy) restoreOne(c witness.PublisherConfig, k chaindir.Key) error {
	kept, err := e.chains.Read(k)
	if err != nil {
		return err
	}
	r := witness.Publication{Signed: kept.Anchor, Journaled: kept.Journaled, Last: kept.Last}
	switch {
	case kept.Anchor != nil:
		r.Anchor, err = e.openAnchor(kept)
	case kept.Seed != nil:
		r.Anchor, err = anchorOf(c, kept)
	default:
		return nil // a value alone is of no use
	}
	if err != nil {
		return err
	}
	if kept.Last != nil { // the process may have died before the journal had it
		e.unlogged = append(e.unlogged, published{*kept.Last, kept.Published})
	}
	if kept.Seed != nil {
		r.Seed = &kept.Seed.Entropy
	} else {
		e.log.Error("the seed of a chain is lost: its slots have no entropy until the next revision", "to", k.To, "revision", k.Revision)
	}
	return e.publisher.Restore(r)
}

// openAnchor reads a kept anchor, which must be of this network and its lengths.
func (e *entropy) openAnchor(kept chaindir.Chain) (witness.Anchor, error) {
	a, err := witness.OpenAnchor(*kept.Anchor, e.network)
	if err != nil {
		return a, err
	}
	was, is := a.Timing, e.schedule.Timing
	if was.Slot != is.Slot || was.WindowSlots != is.WindowSlots || was.EpochSlots != is.EpochSlots {
		return a, fmt.Errorf("chain to slot %d: made with another timing: it never changes in a network, set coverage.timing as it was", a.To)
	}
	return a, nil
}

// anchorOf makes the anchor of a seed again: a start or a power cut came before it was
// signed, or at least before it was published.
func anchorOf(c witness.PublisherConfig, kept chaindir.Chain) (witness.Anchor, error) {
	chain, err := witness.NewChain(c.Network, kept.Seed.From, kept.To, kept.Seed.Entropy)
	if err != nil {
		return witness.Anchor{}, err
	}
	return witness.Anchor{
		From: kept.Seed.From, To: kept.To, Revision: kept.Revision, Timing: c.Schedule.Timing,
		Parameters: c.Parameters, X0: chain.X0(), Ingests: c.Ingests,
	}, nil
}
