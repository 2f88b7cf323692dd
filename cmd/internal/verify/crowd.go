package verify

import (
	"math"

	"hexspot/witness"
)

// crowd finds the few stations and slots that may have more tags than count, without
// keeping them all: a counter is shared by many, so it never counts too few, and it stops at
// 255. How many count is known when the entropy has been read.
type crowd struct{ counters []uint8 }

// crowdSize makes counters that 56 million observations fill with 14 each.
const crowdSize = 1 << 22

func newCrowd() *crowd { return &crowd{make([]uint8, crowdSize)} }

func (c *crowd) at(station uint32, k witness.Slot) *uint8 {
	h := (uint64(station)<<32 ^ uint64(k)) * 0x9e3779b97f4a7c15
	return &c.counters[h>>(64-22)]
}

func (c *crowd) add(station uint32, k witness.Slot) {
	if n := c.at(station, k); *n < math.MaxUint8 {
		*n++
	}
}

// suspects says that a station and slot may have more than so many tags.
func (c *crowd) suspects(station uint32, k witness.Slot, most int) bool {
	return int(*c.at(station, k)) > below(most)
}

// below is the largest number up to most that a counter can exceed.
func below(most int) int { return min(most, math.MaxUint8-1) }

// any says that there is one.
func (c *crowd) any(most int) bool {
	for _, n := range c.counters {
		if int(n) > below(most) {
			return true
		}
	}
	return false
}
