package verify

import (
	"fmt"
	"math"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// chains are the sound anchors of a network with what was revealed of each, in the
// order in which they serve a slot that several cover.
type chains []chain

type chain struct {
	anchor    witness.Anchor
	trail     *witness.Trail
	published []witness.Millis // by slot, when its value could first be known
}

// never is later than any time.
const never = witness.Millis(math.MaxInt64)

func newChain(network radio.Network, a witness.Anchor) chain {
	return chain{a, witness.NewTrail(network, a), slices.Repeat([]witness.Millis{never}, int(a.To-a.From))}
}

// learn takes a value if it leads to the anchor.
func (c *chain) learn(v witness.Value, at witness.Millis) bool {
	if c.trail.Learn(v.Slot, v.Entropy) != nil {
		return false
	}
	of := &c.published[v.Slot-c.anchor.From]
	*of = min(*of, at)
	return true
}

// settle: a value gives all earlier ones.
func (c *chain) settle() {
	first := never
	for i := range slices.Backward(c.published) {
		first = min(first, c.published[i])
		c.published[i] = first
	}
}

// slotValue is the entropy of a slot in the chain that serves it.
type slotValue struct {
	witness.Value
	published witness.Millis
	timing    witness.Timing
}

// at is the value of a slot, false while it is not known. The timing is there as soon
// as an anchor serves the slot.
func (c chains) at(k witness.Slot) (slotValue, bool) {
	i := c.serving(k)
	if i < 0 {
		return slotValue{}, false
	}
	v := slotValue{Value: witness.Value{Slot: k, Revision: c[i].anchor.Revision}, timing: c[i].anchor.Timing}
	x, ok := c[i].trail.Value(k)
	v.Entropy, v.published = x, c[i].published[k-c[i].anchor.From]
	return v, ok
}

func (c chains) serving(k witness.Slot) int {
	return slices.IndexFunc(c, func(h chain) bool { return h.anchor.Covers(k) })
}

// firstAfter is the value that was published first, of those whose slot begins at a
// time or later: nobody knew it before.
func (c chains) firstAfter(from witness.Millis) (first slotValue, ok bool) {
	for i := range c {
		for k := c[i].anchor.From; k < c[i].anchor.To; k++ {
			if c[i].anchor.Timing.Start(k) < from || c.serving(k) != i {
				continue
			}
			v, known := c.at(k)
			if known && v.published >= from && (!ok || v.before(first)) {
				first, ok = v, true
			}
		}
	}
	return first, ok
}

func (v slotValue) before(o slotValue) bool {
	if v.published != o.published {
		return v.published < o.published
	}
	return v.Slot < o.Slot
}

// slots are the values of consecutive slots, looked up once.
type slots struct {
	from   witness.Slot
	values []slotValue
	known  []bool
}

func (c chains) slots(from, to witness.Slot) slots {
	s := slots{from, make([]slotValue, to-from), make([]bool, to-from)}
	for i := range s.values {
		s.values[i], s.known[i] = c.at(from + witness.Slot(i))
	}
	return s
}

func (s slots) at(k witness.Slot) (slotValue, bool) {
	if k < s.from || k >= s.from+witness.Slot(len(s.values)) {
		return slotValue{}, false
	}
	return s.values[k-s.from], s.known[k-s.from]
}

// appendText appends a line "SLOT REVISION VALUE PUBLISHED" for each value known.
func (s slots) appendText(b []byte) []byte {
	for i, v := range s.values {
		if s.known[i] {
			b = v.appendText(b)
		}
	}
	return b
}

func (v slotValue) appendText(b []byte) []byte {
	return fmt.Appendf(b, "%d %d %v %d\n", v.Slot, v.Revision, v.Entropy, v.published)
}

// valueSource gives the value of a slot.
type valueSource interface {
	at(witness.Slot) (slotValue, bool)
}
