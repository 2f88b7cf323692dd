package network

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// The topics of entropy, retained.
const (
	anchorTopic = "hexspot/net/anchor"
	valueTopic  = "hexspot/net/value"
)

// entropy runs a Publisher: does what it asks for, and tells it what was done.
type entropy struct {
	provingParts
	chains    chaindir.Dir
	publisher *witness.Publisher
	public    *publicEntropy
	claims    store.Anchors
	earlier   journalReader             // for chains that others have left, nil: there is none
	asked     witness.Slot              // in which it was looked for newer revisions in the book
	replaced  witness.ChainReplaced     // the last one that was told
	open      []witness.PublisherAction // failed, and may still be done
	given     []givenUp                 // to be recalled once more
	unlogged  []published               // values whose time the journal has not taken yet
	logging   bool                      // the first of them, beside
	beside    besides
	recalls   besides // of chains
	failing   bool
}

// newEntropy goes on with the chains that are kept.
func newEntropy(p provingParts, chains chaindir.Dir, claims store.Anchors) (*entropy, error) {
	config := witness.PublisherConfig{
		Network: p.network, Schedule: p.schedule, Parameters: p.parameters[0].Hash(), Random: rand.Reader,
	}
	e := &entropy{provingParts: p, chains: chains, public: newPublicEntropy(p.network), claims: claims}
	e.beside, e.recalls = newBesides(patienceBeside), newBesides(recallPatience)
	var err error
	if e.publisher, err = witness.NewPublisher(config); err != nil {
		return nil, err
	}
	if err := e.restore(config); err != nil {
		return nil, fmt.Errorf("the chains of entropy in %s: %w", chains, err)
	}
	return e, nil
}

// run publishes until ctx ends. What fails is logged and tried again.
func (e *entropy) run(ctx context.Context) error {
	defer e.beside.end()
	defer e.recalls.end()
	for ctx.Err() == nil {
		now := e.now()
		err := e.step(ctx, now)
		if err != nil && !e.failing && ctx.Err() == nil {
			e.log.Error("entropy is not published as it should be, trying again", "error", err)
		}
		e.failing = err != nil || e.failing && e.busy()
		e.wait(ctx, now)
	}
	return nil
}

// mostWait bounds a wait: the host's clock may be set meanwhile.
const mostWait = witness.Millis(1_000)

func (e *entropy) wait(ctx context.Context, now witness.Millis) {
	timer := time.NewTimer(e.until(now))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// step does what failed before, then what is due, and then what comes of it beside while there
// is time.
func (e *entropy) step(ctx context.Context, now witness.Millis) error {
	again := e.open
	e.open = nil
	actions, err := e.publisher.Step(now, nil)
	err = errors.Join(e.do(ctx, again), err, e.do(ctx, actions))
	e.recallAgain(ctx, now)
	e.logValues(ctx)
	return errors.Join(err, e.settle(ctx, now))
}

// do does actions in order, and then what follows from them: what is said later is newer, so
// a list of anchors never takes the place of one that came after it.
func (e *entropy) do(ctx context.Context, actions []witness.PublisherAction) error {
	var faults []error
	for queue := slices.Clone(actions); len(queue) > 0; queue = queue[1:] {
		event, err := e.act(ctx, queue[0])
		next, err := e.follow(ctx, queue[0], event, err)
		faults = append(faults, err)
		queue = append(queue, next...)
	}
	return errors.Join(faults...)
}

// follow gives what follows from an action.
func (e *entropy) follow(ctx context.Context, a witness.PublisherAction, event witness.PublisherEvent, err error) ([]witness.PublisherAction, error) {
	if err != nil {
		err = fmt.Errorf("%v: %w", a, err)
		e.postpone(a)
	}
	if event == nil {
		return nil, err
	}
	next, fault := e.tell(ctx, event)
	return next, errors.Join(err, fault)
}

// tell tells the publisher what was done. When it gives a chain up that another instance had,
// what is left of that is looked for.
func (e *entropy) tell(ctx context.Context, event witness.PublisherEvent) ([]witness.PublisherAction, error) {
	actions, err := e.publisher.Step(e.now(), event)
	seen, watched := event.(witness.ChainWatched)
	if watched && !seen.Nobody && e.publisher.Abandoned(seen.To, seen.Revision) {
		e.abandoned(ctx, seen)
	}
	return actions, err
}

// postpone keeps an action that failed while doing it later is of use. Values are retained
// with the next one.
func (e *entropy) postpone(a witness.PublisherAction) {
	switch a := a.(type) {
	case witness.KeepSeed:
		if e.now() < e.schedule.Start(a.From) {
			e.open = append(e.open, a)
		}
	case witness.SignAnchor:
		if e.now() < a.Anchor.Begins() {
			e.open = append(e.open, a)
		}
	case witness.PublishAnchors:
		e.open = append(e.open, a)
	}
}

// act does one action and says what the publisher is to be told, nil: nothing.
func (e *entropy) act(ctx context.Context, a witness.PublisherAction) (witness.PublisherEvent, error) {
	switch a := a.(type) {
	case witness.KeepSeed:
		return e.keepSeed(a)
	case witness.SignAnchor:
		e.beside.add(ctx, e.anchoring(a))
		return nil, nil
	case witness.PublishAnchors:
		return nil, errors.Join(e.publishAnchors(a.Anchors), e.forget())
	case witness.RetainValues:
		return nil, e.publishValues(a.Retained)
	case witness.Reveal:
		return e.reveal(ctx, a)
	case witness.WatchChain:
		return e.watch(ctx, a)
	}
	return nil, errors.New("not known how")
}

func (e *entropy) publishAnchors(list []radio.Signed) error {
	e.open = slices.DeleteFunc(e.open, func(a witness.PublisherAction) bool {
		_, older := a.(witness.PublishAnchors)
		return older
	})
	if err := e.publish(anchorTopic, witness.AppendAnchors(nil, list), true); err != nil {
		return err
	}
	e.public.setAnchors(list)
	return nil
}

func (e *entropy) publishValues(list []witness.Value) error {
	if err := e.publish(valueTopic, witness.AppendValues(nil, list), true); err != nil {
		return err
	}
	e.public.setValues(list)
	return nil
}

func (e *entropy) keepSeed(a witness.KeepSeed) (witness.PublisherEvent, error) {
	err := e.chains.KeepSeed(chaindir.Key{To: a.To, Revision: a.Revision}, a.From, a.Seed)
	if errors.Is(err, chaindir.ErrTaken) {
		return witness.ChainElsewhere{To: a.To, Revision: a.Revision}, nil
	}
	if err != nil {
		return nil, err
	}
	return witness.SeedKept{To: a.To, Revision: a.Revision}, nil
}

// anchoring is the work of an anchor.
func (e *entropy) anchoring(a witness.SignAnchor) work {
	return func(ctx context.Context) conclusion {
		event, err := e.anchor(ctx, a.Anchor)
		return func(ctx context.Context) error {
			next, err := e.follow(ctx, a, event, err)
			return errors.Join(err, e.do(ctx, next))
		}
	}
}

// anchor signs, journals and keeps an anchor, unless another instance of the network has
// one with its end and revision. Whether it is void is for one time to say, the one that the
// journal has: whoever verifies knows no other, however long the journal took.
func (e *entropy) anchor(ctx context.Context, a witness.Anchor) (witness.PublisherEvent, error) {
	claim := store.Claim{From: uint64(a.From), To: uint64(a.To), Revision: a.Revision, X0: a.X0}
	switch err := e.claims.Claim(ctx, claim); {
	case errors.Is(err, store.ErrClaimed):
		e.log.Info("another instance has a chain of entropy, which this one leaves to it while it reveals its values", "to", a.To, "revision", a.Revision)
		return witness.ChainElsewhere{To: a.To, Revision: a.Revision}, nil
	case err != nil:
		return nil, err
	}
	signed, err := radio.Sign(e.signer, e.network, radio.KindAnchor, a.Append(nil))
	if err != nil {
		return nil, err
	}
	id, at := signed.ID(e.network), e.now()
	if err := e.keep(ctx, string(radio.KindAnchor), id[0], id.String(), at, signed.Append(nil)); err != nil {
		return nil, err
	}
	if err := e.chains.KeepAnchor(chaindir.Key{To: a.To, Revision: a.Revision}, at, signed); err != nil {
		return nil, err
	}
	return witness.AnchorJournaled{To: a.To, Revision: a.Revision, Signed: signed, At: at}, nil
}
