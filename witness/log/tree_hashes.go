package log

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"hexspot/radio"
)

// ReadHashes gives nodes by their index in a dense storage of all of them, as
// tlog.HashReader wants. Nodes below a tile's root are worked out from ids.
func (t *Tree) ReadHashes(indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, len(indexes))
	var tile tileHashes
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		if level >= tileLevel {
			hashes[i] = t.upper[level-tileLevel][n]
			continue
		}
		from := uint64(n) << level
		if err := tile.load(t, from/tileSize); err != nil {
			return nil, err
		}
		from %= tileSize
		hashes[i] = fold(tile.leaves[from : from+1<<level])
	}
	return hashes, nil
}

// tileHashes are the leaf hashes of the tile last asked for.
type tileHashes struct {
	number uint64
	leaves []Hash
}

func (c *tileHashes) load(t *Tree, number uint64) error {
	if c.leaves != nil && c.number == number {
		return nil
	}
	c.number = number
	if number == t.size/tileSize {
		c.leaves = t.last
		return nil
	}
	if t.leaves == nil {
		return fmt.Errorf("the ids of tile %d are not at hand", number)
	}
	var ids [tileSize]radio.RecordID
	if err := t.leaves.ReadIDs(number*tileSize, ids[:]); err != nil {
		return fmt.Errorf("reading ids from %d: %w", number*tileSize, err)
	}
	c.leaves = make([]Hash, tileSize)
	for i, id := range ids {
		c.leaves[i] = leafHash(id)
	}
	return nil
}
