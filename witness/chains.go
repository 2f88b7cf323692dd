package witness

import (
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
)

// Chains is what a station or a verifier knows of a network's entropy: anchors
// and what has been revealed of each. It is not safe for use by several
// goroutines.
type Chains struct {
	network radio.Network
	known   []*known
}

// known is one anchor.
type known struct {
	signed radio.Signed
	anchor Anchor
	trail  *Trail
	void   bool // journaled after its first slot began
}

// NewChains knows nothing of a network yet.
func NewChains(network radio.Network) *Chains { return &Chains{network: network} }

// AddAnchor takes an anchor as a station receives it. It refuses what the network's
// key has not signed, a second anchor with the same end and revision, lengths
// that never change and have, and more than MaxRetained anchors. An anchor that is
// known already is no error.
func (c *Chains) AddAnchor(s radio.Signed) error { return c.add(s, false, 0) }

// AddJournaled takes an anchor as AddAnchor does, with the time when it was
// journaled: it is void if its first slot had begun.
func (c *Chains) AddJournaled(s radio.Signed, at Millis) error { return c.add(s, true, at) }

func (c *Chains) add(s radio.Signed, dated bool, at Millis) error {
	a, err := OpenAnchor(s, c.network)
	if err != nil {
		return err
	}
	void := dated && at > a.Begins()
	twin, err := c.compare(s, a)
	switch {
	case err != nil:
		return err
	case twin != nil:
		twin.void = twin.void || void
		return nil
	case len(c.known) == MaxRetained:
		return fmt.Errorf("anchor to slot %d: %d anchors are known, no more are kept", a.To, MaxRetained)
	}
	c.insert(&known{signed: s, anchor: a, trail: NewTrail(c.network, a), void: void})
	return nil
}

// insert keeps the order.
func (c *Chains) insert(k *known) {
	at := len(c.known)
	for at > 0 && k.compare(c.known[at-1]) < 0 {
		at--
	}
	c.known = slices.Insert(c.known, at, k)
}

// OpenAnchor reads a signed anchor that the key of that network has signed.
func OpenAnchor(s radio.Signed, network radio.Network) (Anchor, error) {
	if s.Kind != radio.KindAnchor {
		return Anchor{}, fmt.Errorf("a record of kind %s is no anchor", s.Kind)
	}
	if err := s.Verify(network); err != nil {
		return Anchor{}, err
	}
	return ParseAnchor(s.Body)
}

// compare holds a new anchor against those that are known, and finds itself among
// them.
func (c *Chains) compare(s radio.Signed, a Anchor) (twin *known, err error) {
	for _, k := range c.known {
		switch {
		case k.signed.ID(c.network) == s.ID(c.network):
			return k, nil
		case k.anchor.To == a.To && k.anchor.Revision == a.Revision:
			return nil, fmt.Errorf("anchor to slot %d: another one has revision %d", a.To, a.Revision)
		case !k.anchor.Timing.sameLengths(a.Timing):
			return nil, fmt.Errorf("anchor to slot %d: the length of slot, window or epoch has changed", a.To)
		}
	}
	return nil, nil
}

// sameLengths compares the lengths that never change in a network.
func (t Timing) sameLengths(u Timing) bool {
	return t.Slot == u.Slot && t.WindowSlots == u.WindowSlots && t.EpochSlots == u.EpochSlots
}

// compare orders anchors by who serves a slot that both cover: the highest
// revision; of equal ones, which no network should sign, the one that ends first.
func (k *known) compare(l *known) int {
	switch a, b := k.anchor, l.anchor; {
	case a.Revision != b.Revision:
		return int(min(1, max(-1, int64(b.Revision)-int64(a.Revision))))
	default:
		return int(min(1, max(-1, int64(a.To)-int64(b.To))))
	}
}

// ErrNoAnchor says that a value is of no anchor that is known, yet: it may come before it.
var ErrNoAnchor = errors.New("no anchor covers it with this revision")

// AddValue takes a value if it leads to an anchor of its revision that covers its
// slot. ErrNoAnchor if there is no such anchor.
func (c *Chains) AddValue(v Value) error {
	err := fmt.Errorf("value of slot %d, revision %d: %w", v.Slot, v.Revision, ErrNoAnchor)
	for _, k := range c.known {
		if k.anchor.Revision != v.Revision || !k.anchor.Covers(v.Slot) {
			continue
		}
		if err = k.trail.Learn(v.Slot, v.Entropy); err == nil {
			return nil
		}
	}
	return err
}

// Serving is the anchor that serves a slot: the covering one of highest revision
// that is not void. It is false if there is none.
func (c *Chains) Serving(k Slot) (Anchor, bool) {
	if i := c.serving(k); i >= 0 {
		return c.known[i].anchor, true
	}
	return Anchor{}, false
}

func (c *Chains) serving(k Slot) int {
	return slices.IndexFunc(c.known, func(n *known) bool { return !n.void && n.anchor.Covers(k) })
}

// Value is the value of a slot in the chain that serves it, false while it is not
// revealed.
func (c *Chains) Value(k Slot) (Value, bool) {
	i := c.serving(k)
	if i < 0 {
		return Value{}, false
	}
	x, ok := c.known[i].trail.Value(k)
	return Value{Slot: k, Revision: c.known[i].anchor.Revision, Entropy: x}, ok
}

// Timing is what holds at a time: that of the anchor serving its slot, else that of
// the anchor nearest to it, false if no anchor is known.
func (c *Chains) Timing(at Millis) (Timing, bool) {
	if len(c.known) == 0 {
		return Timing{}, false
	}
	slot := c.known[0].anchor.Timing.SlotAt(at) // the same by every anchor
	if a, ok := c.Serving(slot); ok {
		return a.Timing, true
	}
	nearest := slices.MinFunc(c.known, func(k, l *known) int {
		return int(min(1, max(-1, k.away(slot)-l.away(slot))))
	})
	return nearest.anchor.Timing, true
}

// away is how many slots lie between the chain and a slot.
func (k *known) away(slot Slot) int64 {
	return max(int64(k.anchor.From)-int64(slot), int64(slot)-int64(k.anchor.To)+1, 0)
}

// Expire drops the anchors of chains that have been over for report_ms: no case of
// theirs is open.
func (c *Chains) Expire(now Millis) {
	c.known = slices.DeleteFunc(c.known, func(k *known) bool { return now >= k.anchor.expires() })
}

// Anchors are the signed anchors that are known, in no promised order.
func (c *Chains) Anchors() []radio.Signed {
	signed := make([]radio.Signed, len(c.known))
	for i, k := range c.known {
		signed[i] = k.signed
	}
	return signed
}
