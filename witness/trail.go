package witness

import (
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
)

var errNotOfChain = errors.New("the value does not lead to the anchor")

// Trail is what has been revealed of one chain, for whoever has only its anchor.
// The newest value gives all earlier ones.
type Trail struct {
	links
	to          Slot
	newest      Entropy
	member      uint32    // number of newest, 0: nothing revealed but x0
	checkpoints []Entropy // members 32, 64, ... up to newest
}

// NewTrail begins with nothing but the anchor, which is valid.
func NewTrail(network radio.Network, a Anchor) *Trail {
	return &Trail{links: links{network, a.From}, to: a.To, newest: a.X0}
}

// Learn takes the value of a slot if it leads to the anchor. It costs as many
// hashes as the slot is ahead of the newest one known.
func (t *Trail) Learn(k Slot, x Entropy) error {
	if k < t.from || k >= t.to {
		return fmt.Errorf("value of slot %d: the anchor covers [%d, %d)", k, t.from, t.to)
	}
	i := t.number(k)
	if i <= t.member {
		return t.compare(k, x)
	}
	// On the way to what is known the checkpoints are passed, last one first.
	var passed []Entropy
	y := x
	for member := i; member > t.member; member-- {
		if member%checkpointEvery == 0 {
			passed = append(passed, y)
		}
		y = t.before(member-1, y)
	}
	if y != t.newest {
		return fmt.Errorf("value of slot %d: %w", k, errNotOfChain)
	}
	slices.Reverse(passed)
	t.newest, t.member, t.checkpoints = x, i, append(t.checkpoints, passed...)
	return nil
}

// compare checks a value that is known already.
func (t *Trail) compare(k Slot, x Entropy) error {
	if known, _ := t.Value(k); known != x {
		return fmt.Errorf("value of slot %d: %w", k, errNotOfChain)
	}
	return nil
}

// Value is the entropy of a slot, false if it is not known yet or not of this
// chain.
func (t *Trail) Value(k Slot) (Entropy, bool) {
	if k < t.from || k >= t.to || t.number(k) > t.member {
		return Entropy{}, false
	}
	i := t.number(k)
	if n := (i + checkpointEvery - 1) / checkpointEvery; n <= uint32(len(t.checkpoints)) {
		return t.walk(t.checkpoints[n-1], n*checkpointEvery, i), true
	}
	return t.walk(t.newest, t.member, i), true
}

// Newest is the last slot whose value is known, false if none is.
func (t *Trail) Newest() (Slot, bool) {
	return t.from + Slot(t.member) - 1, t.member > 0
}
