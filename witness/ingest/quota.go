package ingest

import (
	"hash/maphash"
	"maps"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// Quota is how many observations of one epoch are taken of one station (protocol
// hexspot/1, "Reports"): the tags that count of a slot, in each of its slots. A beacon and a
// discovery count as one observation each.
func Quota(t witness.Timing) int { return witness.MaxTags * int(min(t.EpochSlots, mostSlots)) }

// mostSlots keeps a quota within 32 bits.
const mostSlots = 1 << 24

// quota counts what was taken, by epoch and station. A station is known by a keyed hash of
// 64 bits: two that share one share a quota, and nobody can look for such a pair.
type quota struct {
	most   int
	epochs int // that are counted at a time
	seed   maphash.Seed

	mu   sync.Mutex
	used map[witness.Epoch]map[uint64]int32
}

// newQuota counts as many epochs as reports may be of at a time: those that are kept, the
// present one and, with a clock ahead, the next.
func newQuota(t witness.Timing, keep witness.Epoch) *quota {
	return &quota{most: Quota(t), epochs: int(keep) + 2, seed: maphash.MakeSeed(), used: map[witness.Epoch]map[uint64]int32{}}
}

// take books what a report counts, false if that is more than is left.
func (q *quota) take(s radio.Station, own witness.Epoch, count int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	of, key := q.used[own], maphash.Comparable(q.seed, s)
	if int(of[key])+count > q.most {
		return false
	}
	if of == nil {
		of = map[uint64]int32{}
		q.used[own] = of
		q.forget()
	}
	of[key] += int32(count)
	return true
}

// giveBack undoes a take.
func (q *quota) giveBack(s radio.Station, own witness.Epoch, count int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if of := q.used[own]; of != nil {
		of[maphash.Comparable(q.seed, s)] -= int32(count)
	}
}

// forget drops the oldest epochs, of which nothing is taken any more.
func (q *quota) forget() {
	for len(q.used) > q.epochs {
		delete(q.used, slices.Min(slices.Collect(maps.Keys(q.used))))
	}
}

// Recount books a report of the journal that an ingest before this one took, with the time that
// the journal has, so that a station's quota and its hour of discoveries do not begin anew. It
// may be called while reports are taken, of each report once. Unless count is 0, it is what was booked of the
// station's quota of an epoch, and Unbook takes it off again.
func (i *Ingest) Recount(s radio.Signed, received, now witness.Millis) (own witness.Epoch, count int) {
	read := readers[s.Kind]
	if read == nil {
		return 0, 0
	}
	c, f := read(s.Body, i.config.Timing)
	if f != nil {
		return 0, 0
	}
	if s.Kind == radio.KindDiscovery {
		i.hours.add(s.Station, arrival{s.ID(i.config.Network), received}, now)
	}
	if c.own < i.config.Oldest(now) || !i.quota.take(s.Station, c.own, c.count) {
		return 0, 0
	}
	return c.own, c.count
}

// Unbook undoes what calls of Recount have booked of a quota. Discoveries stay: those are booked by their ids, a
// second time without effect.
func (i *Ingest) Unbook(s radio.Station, own witness.Epoch, count int) {
	i.quota.giveBack(s, own, count)
}
