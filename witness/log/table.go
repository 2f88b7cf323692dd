package log

import (
	"hash/maphash"

	"hexspot/radio"
)

// table finds the index of a record: an open hash table of eight bytes a slot, at most
// three quarters full. It keeps 32 bits of a keyed hash, so nobody can aim at a slot
// by choosing ids; the record itself is in the file, where candidates are compared.
type table struct {
	seed  maphash.Seed
	slots []uint64 // hash << 32 | index + 1; 0 is empty
	used  int
}

const leastSlots = 1024

func newTable(expected uint64) table {
	slots := uint64(leastSlots)
	for expected*4 > slots*3 {
		slots *= 2
	}
	return table{seed: maphash.MakeSeed(), slots: make([]uint64, slots)}
}

func (t *table) hash(id radio.RecordID) uint32 {
	return uint32(maphash.Bytes(t.seed, id[:]))
}

// start is where the probes of a hash begin: its order is kept, so a table can grow
// without its ids.
func start(hash uint32, slots int) int { return int(uint64(hash) * uint64(slots) >> 32) }

func (t *table) insert(id radio.RecordID, index uint32) {
	if t.used*4 >= len(t.slots)*3 {
		t.grow()
	}
	put(t.slots, uint64(t.hash(id))<<32|(uint64(index)+1))
	t.used++
}

func (t *table) grow() {
	larger := make([]uint64, 2*len(t.slots))
	for _, slot := range t.slots {
		if slot != 0 {
			put(larger, slot)
		}
	}
	t.slots = larger
}

func put(slots []uint64, slot uint64) {
	i := start(uint32(slot>>32), len(slots))
	for slots[i] != 0 {
		i = (i + 1) % len(slots)
	}
	slots[i] = slot
}

// candidates are the indexes that may be those of a record.
func (t *table) candidates(id radio.RecordID) []uint32 {
	var found []uint32
	hash := t.hash(id)
	for i := start(hash, len(t.slots)); t.slots[i] != 0; i = (i + 1) % len(t.slots) {
		if uint32(t.slots[i]>>32) == hash {
			found = append(found, uint32(t.slots[i]-1))
		}
	}
	return found
}
