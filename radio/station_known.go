package radio

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sync"
)

// Stations numbers stations in the order in which it sees them, from 0, and remembers that
// their keys were found sound: checking one takes a third as long as verifying a signature.
// What it accepts is what StationFromBytes accepts. It holds each station it has seen, in some
// 40 bytes: an epoch has a million. The zero Stations is ready; it is safe for concurrent use.
type Stations struct {
	mu     sync.RWMutex
	seed   maphash.Seed          // as soon as there are slots
	slots  []uint32              // numbers plus one by hash, where it leads or the next free one; 0: free
	blocks []*[blockSize]Station // by number
	count  int
}

// blockSize is how many stations a block has: growing moves no station.
const blockSize = 1 << 10

// leastSlots is how many slots there are at first; their number is a power of two.
const leastSlots = 1 << 6

// FromBytes is StationFromBytes.
func (k *Stations) FromBytes(b []byte) (Station, error) {
	if len(b) == StationSize {
		s := Station{key: [StationSize]byte(b)}
		if _, seen := k.Find(s); seen {
			return s, nil
		}
	}
	s, err := StationFromBytes(b)
	if err == nil {
		k.Number(s)
	}
	return s, err
}

// ParseSigned is the function ParseSigned.
func (k *Stations) ParseSigned(b []byte) (Signed, error) { return parseListed(b, k.FromBytes) }

// Find gives the number of a station, false if it has none.
func (k *Stations) Find(s Station) (uint32, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.slots == nil {
		return 0, false
	}
	n := *k.slot(s)
	return n - 1, n > 0
}

// Number is the number of a station, which it is given if it has none.
func (k *Stations) Number(s Station) uint32 {
	if n, seen := k.Find(s); seen {
		return n
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.grow()
	slot := k.slot(s)
	if *slot == 0 {
		k.put(s)
		*slot = uint32(k.count)
	}
	return *slot - 1
}

// At is the station with a number that was given.
func (k *Stations) At(number uint32) Station {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return *k.at(number)
}

// Len is how many stations have a number.
func (k *Stations) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.count
}

// Sorted are the numbers below one, those of them that were given, in the order of stations.
func (k *Stations) Sorted(below int) []uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	numbers := make([]uint32, min(below, k.count))
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	slices.SortFunc(numbers, func(a, b uint32) int { return bytes.Compare(k.at(a).key[:], k.at(b).key[:]) })
	return numbers
}

func (k *Stations) at(number uint32) *Station { return &k.blocks[number/blockSize][number%blockSize] }

// slot is where the number of a station is, or would be. The hash cannot be foreseen: nobody
// makes keys that share a slot.
func (k *Stations) slot(s Station) *uint32 {
	for i := maphash.Bytes(k.seed, s.key[:]); ; i++ {
		slot := &k.slots[i&uint64(len(k.slots)-1)]
		if *slot == 0 || *k.at(*slot - 1) == s {
			return slot
		}
	}
}

// put appends a station.
func (k *Stations) put(s Station) {
	if k.count%blockSize == 0 {
		k.blocks = append(k.blocks, new([blockSize]Station))
	}
	k.count++
	*k.at(uint32(k.count - 1)) = s
}

// grow makes slots for one more station: a quarter of them stay free.
func (k *Stations) grow() {
	if 4*(k.count+1) <= 3*len(k.slots) {
		return
	}
	if k.slots == nil {
		k.seed = maphash.MakeSeed()
	}
	k.slots = make([]uint32, max(leastSlots, 2*len(k.slots)))
	for n := range k.count {
		*k.slot(*k.at(uint32(n))) = uint32(n + 1)
	}
}
