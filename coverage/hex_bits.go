package coverage

import (
	"fmt"
	"math/bits"
)

// The parts of a cell's number (H3 documentation, "H3Index bit layout"): one
// reserved bit, 4 of mode (1: a cell), 3 reserved, 4 of resolution, 7 of base
// cell, and 15 digits of 3 bits; digits beyond the resolution are 7. They are read
// here because a call into the library costs 25 times as much.
const (
	digitBits    = 3
	baseShift    = MaxResolution * digitBits
	resShift     = baseShift + 7
	topShift     = resShift + 4
	cellTop      = 0b0_0001_000 // reserved, mode, reserved
	baseCells    = 122
	deletedDigit = 1 // of a pentagon: the missing sixth side
	lowBits      = 0o111111111111111
)

// pentagonBases has a bit for each base cell that is a pentagon.
var pentagonBases = func() (set [2]uint64) {
	for _, base := range []int{4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117} {
		set[base/64] |= 1 << (base % 64)
	}
	return set
}()

// Resolution is the cell's resolution, 0 to 15; of a number that is no cell, what
// its bits say.
func (h Hex) Resolution() int { return int(h>>resShift) & 15 }

// Valid says whether the number is a cell of the grid.
func (h Hex) Valid() bool {
	return h>>topShift == cellTop && h.base() < baseCells && h.digitsValid() && !h.inDeletedPart()
}

// Parent is the cell of a coarser (or the same) resolution that this one belongs
// to in the grid's hierarchy.
func (h Hex) Parent(resolution int) (Hex, error) {
	if !h.Valid() {
		return 0, fmt.Errorf("parent of %v: %w", h, errNoCell)
	}
	if resolution < 0 || resolution > h.Resolution() {
		return 0, fmt.Errorf("parent of %v at resolution %d: %w", h, resolution, errResolution)
	}
	return h.ancestor(resolution), nil
}

// IsPentagon says whether the cell is one of the twelve pentagons of its
// resolution.
func (h Hex) IsPentagon() bool {
	return h.Valid() && h.onPentagon() && h.usedDigits() == 0
}

// ancestor is Parent where both are known to be sound.
func (h Hex) ancestor(resolution int) Hex {
	const resolutionMask = Hex(15) << resShift
	return h&^resolutionMask | Hex(resolution)<<resShift | unused(resolution)
}

// unused has all bits of the digits beyond a resolution.
func unused(resolution int) Hex { return 1<<((MaxResolution-resolution)*digitBits) - 1 }

func (h Hex) base() int { return int(h>>baseShift) & 127 }

func (h Hex) onPentagon() bool {
	base := h.base()
	return pentagonBases[base/64]>>(base%64)&1 != 0
}

// usedDigits are the digits up to the resolution, in their places.
func (h Hex) usedDigits() Hex {
	return h & (1<<baseShift - 1) &^ unused(h.Resolution())
}

// digitsValid says that the digits beyond the resolution are 7 and none of the
// others is.
func (h Hex) digitsValid() bool {
	rest := unused(h.Resolution())
	if h&rest != rest {
		return false
	}
	used := h.usedDigits()
	sevens := used & (used >> 1) & (used >> 2) & lowBits
	return sevens == 0
}

// inDeletedPart says that the cell would lie in the sixth that a pentagon does
// not have: its first digit that is not 0 is the deleted one.
func (h Hex) inDeletedPart() bool {
	used := h.usedDigits()
	if used == 0 || !h.onPentagon() {
		return false
	}
	first := (bits.Len64(uint64(used)) - 1) / digitBits * digitBits
	return used>>first == deletedDigit
}
