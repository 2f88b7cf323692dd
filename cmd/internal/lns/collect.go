package lns

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"time"
)

// Bounds of collecting.
const (
	echo         = 2 * time.Second // the same frame is not a repetition before that
	waitingMost  = 4096            // frames
	gatewaysMost = 256             // of one frame
)

type frameHash [sha256.Size]byte

// collection is one frame from many gateways.
type collection struct {
	hash    frameHash
	opened  time.Duration // when the first came
	closes  time.Duration
	uplinks []Uplink
}

// best puts the gateway first that heard it best.
func (c *collection) best() {
	slices.SortStableFunc(c.uplinks, func(a, b Uplink) int {
		return cmp.Or(cmp.Compare(b.SNR, a.SNR), cmp.Compare(b.RSSI, a.RSSI), bytes.Compare(a.Gateway[:], b.Gateway[:]))
	})
}

// collector brings together what several gateways heard of one frame.
type collector struct {
	wait    time.Duration
	open    map[frameHash]*collection
	order   []*collection // open ones, oldest first
	closed  map[frameHash]time.Duration
	past    []*collection // closed ones that are remembered, oldest first
	dropped int           // too many at a time
	late    int           // after the answer was decided
}

func newCollector(wait time.Duration) *collector {
	return &collector{wait: wait, open: map[frameHash]*collection{}, closed: map[frameHash]time.Duration{}}
}

// add takes what a gateway heard.
func (c *collector) add(at time.Duration, u Uplink) {
	c.forget(at)
	hash := frameHash(sha256.Sum256(u.Payload))
	if one := c.open[hash]; one != nil {
		c.join(one, u)
		return
	}
	if _, ok := c.closed[hash]; ok {
		c.late++
		return
	}
	if len(c.order) >= waitingMost {
		c.dropped++
		return
	}
	one := &collection{hash: hash, opened: at, closes: at + c.wait, uplinks: []Uplink{u}}
	c.open[hash] = one
	c.order = append(c.order, one)
}

// join adds a gateway to a frame; of one gateway the first reception counts.
func (c *collector) join(one *collection, u Uplink) {
	known := slices.ContainsFunc(one.uplinks, func(o Uplink) bool { return o.Gateway == u.Gateway })
	if known || len(one.uplinks) >= gatewaysMost {
		c.dropped++
		return
	}
	one.uplinks = append(one.uplinks, u)
}

// due takes the next frame that is complete, nil if there is none.
func (c *collector) due(at time.Duration) *collection {
	if len(c.order) == 0 || c.order[0].closes > at {
		return nil
	}
	one := c.order[0]
	c.order[0] = nil
	c.order = c.order[1:]
	delete(c.open, one.hash)
	c.closed[one.hash] = at + echo
	c.past = append(c.past, one)
	one.best()
	return one
}

// forget makes room for repetitions.
func (c *collector) forget(at time.Duration) {
	for len(c.past) > 0 && c.closed[c.past[0].hash] <= at {
		delete(c.closed, c.past[0].hash)
		c.past[0] = nil
		c.past = c.past[1:]
	}
}

// next is when a frame is complete next.
func (c *collector) next() (time.Duration, bool) {
	if len(c.order) == 0 {
		return 0, false
	}
	return c.order[0].closes, true
}
