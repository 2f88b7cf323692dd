package sx1302

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"hexspot/radio"
)

// errReplanned ends a session because the chip is to receive on other channels.
var errReplanned = errors.New("other channels are to be received")

// planning is the plan that the chip is, or is next, started with.
type planning struct {
	mu      sync.Mutex
	plan    radio.Plan
	booting radio.Plan    // of the latest start
	running bool          // the chip runs with plan
	changed chan struct{} // closed when plan or running changes
	asked   chan struct{} // has a token when the chip is to be started anew
}

func newPlanning(p radio.Plan) *planning {
	return &planning{plan: p, changed: make(chan struct{}), asked: make(chan struct{}, 1)}
}

// Configure has the chip receive on the channels of another plan, which stays until
// the next one: the chip is started again, in a new session, and what was being sent
// or scheduled is lost with the old one. It waits until the chip runs so. A plan
// that no chip can be set to is refused and changes nothing; the plan that the chip
// runs with already changes nothing either. If ctx ends earlier the plan is kept,
// and tried as long as Run works.
func (c *Concentrator) Configure(ctx context.Context, plan radio.Plan) error {
	config := c.config
	config.Plan = plan
	if err := config.validateRadio(); err != nil {
		return fmt.Errorf("changing the channels: %w", err)
	}
	c.planning.ask(plan)
	for {
		running, wanted, changed := c.planning.state(plan)
		switch {
		case running:
			return nil
		case !wanted:
			return errors.New("changing the channels: others were asked for before the concentrator ran with these")
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("changing the channels: the concentrator is %s: %w", c.Status().State, context.Cause(ctx))
		}
	}
}

// ask makes plan the next one.
func (p *planning) ask(plan radio.Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if reflect.DeepEqual(p.plan, plan) {
		return
	}
	p.plan = plan
	p.set(false)
	select {
	case p.asked <- struct{}{}:
	default:
	}
}

// set tells those who wait. Only with the lock.
func (p *planning) set(running bool) {
	p.running = running
	close(p.changed)
	p.changed = make(chan struct{})
}

// state says whether plan is wanted still, whether the chip runs with it, and what is
// closed when that may have changed.
func (p *planning) state(plan radio.Plan) (running, wanted bool, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted = reflect.DeepEqual(p.plan, plan)
	return p.running && wanted, wanted, p.changed
}

// next is the plan to start the chip with.
func (p *planning) next() radio.Plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(false)
	select {
	case <-p.asked: // this start does it
	default:
	}
	p.booting = p.plan
	return p.plan
}

// started says that the latest start has succeeded.
func (p *planning) started() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(reflect.DeepEqual(p.plan, p.booting))
}
