package network

import (
	"context"
	"fmt"

	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// published is a value and when it was really published.
type published struct {
	value witness.Value
	at    witness.Millis
}

// mostUnlogged bounds the values that wait for a journal that takes nothing: as many as
// an epoch of the default timing has. The oldest go first.
const mostUnlogged = 1440

// reveal publishes a value, and has it logged with the time of that. After a start or a pause
// the book is asked first: another instance may have begun a newer revision meanwhile.
func (e *entropy) reveal(ctx context.Context, a witness.Reveal) (witness.PublisherEvent, error) {
	if key := e.chainOf(a.Value); e.asked+1 < a.Value.Slot {
		if replaced, err := e.newer(ctx, key, a.Value.Slot); err == nil && replaced != nil && replaced.From <= a.Value.Slot {
			return *replaced, nil
		}
	}
	if err := e.publishNew(a); err != nil {
		return nil, err
	}
	return e.revealed(ctx, a.Value)
}

func (e *entropy) publishNew(a witness.Reveal) error {
	if err := e.publishValues(a.Retained); err != nil {
		return err
	}
	at := e.now()
	e.unlogged = append(e.unlogged, published{a.Value, at})
	e.unlogged = e.unlogged[max(0, len(e.unlogged)-mostUnlogged):]
	return e.chains.KeepValue(e.chainOf(a.Value), at, a.Value)
}

// logValues has what was published journaled, in order, until a value fails: the next step tries
// again.
func (e *entropy) logValues(ctx context.Context) {
	if e.logging || len(e.unlogged) == 0 {
		return
	}
	e.logging = true
	p := e.unlogged[0]
	e.beside.add(ctx, func(ctx context.Context) conclusion {
		err := e.logValue(ctx, p)
		return func(ctx context.Context) error { return e.logged(ctx, p, err) }
	})
}

func (e *entropy) logValue(ctx context.Context, p published) error {
	id := fmt.Sprintf("value-%d-%d", p.value.Slot, p.value.Revision)
	message := witness.AppendValues(nil, []witness.Value{p.value})
	if err := e.keep(ctx, "value", byte(p.value.Slot), id, p.at, message); err != nil {
		return fmt.Errorf("logging when slot %d was published: %w", p.value.Slot, err)
	}
	return nil
}

// logged goes on with the next value. The one that the journal has may have gone, where too many
// wait.
func (e *entropy) logged(ctx context.Context, p published, err error) error {
	e.logging = false
	if err != nil {
		return err
	}
	if len(e.unlogged) > 0 && e.unlogged[0] == p {
		e.unlogged = e.unlogged[1:]
	}
	e.logValues(ctx)
	return nil
}

// chainOf is the chain that a value is of: the one of its revision that ends with its epoch.
func (e *entropy) chainOf(v witness.Value) chaindir.Key {
	_, to := e.schedule.Slots(e.schedule.Epoch(v.Slot))
	return chaindir.Key{To: to, Revision: v.Revision}
}
