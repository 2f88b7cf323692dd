package stations

import (
	"sync"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// entropy is what stations hear of a network's entropy, held against the protocol: no
// value early, each leads to an anchor, and no seed is ever lost.
type entropy struct {
	timing witness.Timing
	faults *faults

	mu     sync.Mutex
	chains *witness.Chains
	seen   map[witness.Slot]bool
	newest witness.Slot
}

func newEntropy(network radio.Network, timing witness.Timing, f *faults) *entropy {
	return &entropy{timing: timing, faults: f, chains: witness.NewChains(network), seen: make(map[witness.Slot]bool)}
}

// longOver is how long a chain is kept after its last report was in time: a message may
// tell of it until then.
const longOver = witness.Millis(60_000)

// hearAnchors takes a message of anchors. Of each chain there is one, of revision 0: a
// higher one says that a seed was lost.
func (e *entropy) hearAnchors(payload []byte) {
	list, err := witness.ParseAnchors(payload)
	if err != nil {
		e.faults.add("%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.chains.Expire(present() - longOver)
	for _, signed := range list {
		if err := e.chains.AddAnchor(signed); err != nil {
			e.faults.add("%v", err)
		} else if a, err := witness.ParseAnchor(signed.Body); err != nil || a.Revision != 0 {
			e.faults.add("the chain to slot %d has revision %d: a seed was lost (%v)", a.To, a.Revision, err)
		}
	}
}

// hearValues takes a message of values.
func (e *entropy) hearValues(payload []byte) {
	now := present()
	list, err := witness.ParseValues(payload)
	if err != nil {
		e.faults.add("%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range list {
		if err := e.chains.AddValue(v); err != nil {
			e.faults.add("%v", err)
			continue
		}
		if early := e.timing.Start(v.Slot) - now; early > 0 {
			e.faults.add("the value of slot %d came %v early", v.Slot, early.Duration())
		}
		e.seen[v.Slot] = true
		e.newest = max(e.newest, v.Slot)
	}
}

// Values are how many slots' values stations have heard, and how far the newest is
// behind the time, in slots.
func (f *Fleet) Values() (count int, behind witness.Slot) {
	f.entropy.mu.Lock()
	defer f.entropy.mu.Unlock()
	return len(f.entropy.seen), f.config.Timing.SlotAt(present()) - f.entropy.newest
}

// present is the time now.
func present() witness.Millis { return witness.MillisOf(time.Now()) }
