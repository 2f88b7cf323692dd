package verify

import "hexspot/witness"

// crowd finds the few stations and slots that may have more tags than count, without
// keeping them all: a counter is shared by many, so it never counts too few.
type crowd struct{ counters []uint8 }

// crowdSize makes counters that 56 million observations fill with 14 each.
const crowdSize = 1 << 22

func newCrowd() *crowd { return &crowd{make([]uint8, crowdSize)} }

func (c *crowd) at(station uint32, k witness.Slot) *uint8 {
	h := (uint64(station)<<32 ^ uint64(k)) * 0x9e3779b97f4a7c15
	return &c.counters[h>>(64-22)]
}

func (c *crowd) add(station uint32, k witness.Slot) {
	if n := c.at(station, k); *n <= witness.MaxTags {
		*n++
	}
}

// suspects says that a station and slot may have more than the tags that count.
func (c *crowd) suspects(station uint32, k witness.Slot) bool {
	return *c.at(station, k) > witness.MaxTags
}

// any says that there is one.
func (c *crowd) any() bool {
	for _, n := range c.counters {
		if n > witness.MaxTags {
			return true
		}
	}
	return false
}
