package witness

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"hexspot/radio"
)

// Entropy is one member of a chain: 32 bytes that nobody but the network's
// operator knows before their slot.
type Entropy [sha256.Size]byte

// String gives 64 hexadecimal digits.
func (x Entropy) String() string { return hex.EncodeToString(x[:]) }

// links makes the members of one chain from each other. Member i serves slot
// from + i - 1; member 0 is the anchor's x0.
type links struct {
	network radio.Network
	from    Slot
}

// before is member i, given member i+1.
func (l links) before(i uint32, x Entropy) Entropy {
	const label = "hexspot/1/chain"
	var b [len(label) + len(l.network) + 8 + 4 + len(x)]byte
	m := append(b[:0], label...)
	m = append(m, l.network[:]...)
	m = binary.BigEndian.AppendUint64(m, uint64(l.from))
	m = binary.BigEndian.AppendUint32(m, i)
	m = append(m, x[:]...)
	return sha256.Sum256(m)
}

// walk is member to, given a later member.
func (l links) walk(x Entropy, member, to uint32) Entropy {
	for ; member > to; member-- {
		x = l.before(member-1, x)
	}
	return x
}

// number is that of the member that serves a slot.
func (l links) number(k Slot) uint32 { return uint32(k-l.from) + 1 }

// checkpointEvery is the distance of the members that a Chain or a Trail keeps:
// 1,440 slots take 45 of them, and a value 31 hashes at most.
const checkpointEvery = 32

// Chain makes the values of the slots [From, To) from a seed. It is for the
// network that has the seed, and never changes.
type Chain struct {
	links
	to          Slot
	checkpoints []Entropy // members n, n-32, n-64, ...; the first is the seed
	x0          Entropy
}

// NewChain makes the chain of a network for the slots [from, to), at most MaxChain,
// with the seed x_n.
func NewChain(network radio.Network, from, to Slot, seed Entropy) (*Chain, error) {
	if from >= to || to > maxSlot || to-from > MaxChain {
		return nil, fmt.Errorf("chain of the slots [%d, %d): want 1 to %d slots", from, to, MaxChain)
	}
	c := &Chain{links: links{network, from}, to: to}
	x := seed
	for i := c.length(); i > 0; i-- {
		if (c.length()-i)%checkpointEvery == 0 {
			c.checkpoints = append(c.checkpoints, x)
		}
		x = c.before(i-1, x)
	}
	c.x0 = x
	return c, nil
}

func (c *Chain) length() uint32 { return uint32(c.to - c.from) }

// X0 is what the anchor states.
func (c *Chain) X0() Entropy { return c.x0 }

// Value is the entropy of a slot, false if the chain does not cover it.
func (c *Chain) Value(k Slot) (Entropy, bool) {
	if k < c.from || k >= c.to {
		return Entropy{}, false
	}
	i := c.number(k)
	nearest := (c.length() - i) / checkpointEvery
	return c.walk(c.checkpoints[nearest], c.length()-nearest*checkpointEvery, i), true
}
