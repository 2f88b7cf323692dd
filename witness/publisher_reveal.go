package witness

import (
	"hexspot/radio"
)

// anchors are those that are published: journaled in time.
func (p *Publisher) anchors() []radio.Signed {
	var list []radio.Signed
	for _, c := range p.chains {
		if c.stage == stageJournaled && !c.void {
			list = append(list, c.signed)
		}
	}
	return list
}

// reveal gives this slot's value, once.
func (p *Publisher) reveal(actions []PublisherAction, now Millis) []PublisherAction {
	k := p.config.Schedule.SlotAt(now)
	c := p.serving(k)
	if p.newest != nil && k <= p.newest.Slot || c == nil || c.chain == nil || p.replaced(c, k) {
		return p.again(actions)
	}
	x, _ := c.chain.Value(k)
	v := Value{Slot: k, Revision: c.anchor.Revision, Entropy: x}
	c.last, p.newest, p.renew = &v, &v, false
	return append(actions, Reveal{v, p.retained(v)})
}

// again has the values retained once more that were before the start.
func (p *Publisher) again(actions []PublisherAction) []PublisherAction {
	if !p.renew {
		return actions
	}
	p.renew = false
	return append(actions, RetainValues{p.retained(*p.newest)})
}

// serving is the chain that serves a slot, nil if there is none.
func (p *Publisher) serving(k Slot) *publication {
	var best *publication
	for _, c := range p.chains {
		usable := c.stage == stageJournaled && !c.void && c.anchor.Covers(k)
		if usable && (best == nil || c.anchor.Revision > best.anchor.Revision) {
			best = c
		}
	}
	return best
}

// retained is the newest value and the last one of each chain that is over, or serves no slot
// any more because a later revision does: reports of its slots may still come, and beacons of
// a window that began with one of them.
func (p *Publisher) retained(newest Value) []Value {
	list := []Value{newest}
	for _, c := range p.chains {
		if c.stage != stageJournaled || c.void {
			continue
		}
		if v, ok := c.lastBefore(newest); ok {
			list = append(list, v)
		}
	}
	return list
}
