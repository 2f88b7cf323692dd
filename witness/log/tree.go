package log

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"hexspot/radio"
)

// Hash is a node of the tree: SHA-256 as RFC 6962, 2.1 says. As text and JSON it is
// base64.
type Hash = tlog.Hash

// MaxSize is the most records a log may have. Checkpoints above it are refused.
const MaxSize = 1<<32 - 1

// Hashes below this level are not kept: they are worked out from the ids of one
// tile of 256 records when a proof needs them.
const (
	tileLevel = 8
	tileSize  = 1 << tileLevel
)

// Head is what a checkpoint states about a tree.
type Head struct {
	Size uint64
	Root Hash
}

// Leaves are the ids of a log in its order.
type Leaves interface {
	// ReadIDs fills ids with those of the records from, from+1, ...
	ReadIDs(from uint64, ids []radio.RecordID) error
}

// Tree is a Merkle tree that grows. It keeps a quarter byte for each record and
// reads ids from its Leaves only to prove. It is not safe for concurrent use.
type Tree struct {
	leaves Leaves
	size   uint64
	last   []Hash   // leaf hashes of the last, unfinished tile
	upper  [][]Hash // upper[i]: the finished nodes of level tileLevel+i
}

// NewTree is an empty tree. Its ids must be in leaves when a proof is asked for;
// leaves may be nil if none is.
func NewTree(leaves Leaves) *Tree { return &Tree{leaves: leaves} }

// Append adds records at the end.
func (t *Tree) Append(ids ...radio.RecordID) {
	for i := range ids {
		t.last = append(t.last, leafHash(ids[i]))
		t.size++
		if len(t.last) == tileSize {
			t.raise(fold(t.last))
			t.last = t.last[:0]
		}
	}
}

// tiles are the roots of the full tiles.
func (t *Tree) tiles() []Hash {
	if len(t.upper) == 0 {
		return nil
	}
	return t.upper[0]
}

// appendTile adds a full tile's records to a tree of full tiles, by its root.
func (t *Tree) appendTile(root Hash) {
	t.size += tileSize
	t.raise(root)
}

// raise puts a finished tile above and every node that it finishes.
func (t *Tree) raise(h Hash) {
	for i := 0; ; i++ {
		if i == len(t.upper) {
			t.upper = append(t.upper, nil)
		}
		t.upper[i] = append(t.upper[i], h)
		n := len(t.upper[i])
		if n%2 == 1 {
			return
		}
		h = tlog.NodeHash(t.upper[i][n-2], t.upper[i][n-1])
	}
}

// snapshot is the tree as it is now, which stays so: proofs of it are worked out while the tree
// grows. Finished nodes never change, those of the last tile are copied.
func (t *Tree) snapshot() *Tree {
	return &Tree{leaves: t.leaves, size: t.size, last: slices.Clone(t.last), upper: slices.Clone(t.upper)}
}

// Size is the number of records.
func (t *Tree) Size() uint64 { return t.size }

// Head is the present size and root.
func (t *Tree) Head() Head {
	h, err := t.HeadAt(t.size)
	if err != nil {
		panic("log: the present root needs no leaves: " + err.Error())
	}
	return h
}

// HeadAt is the size and root that the tree had with so many records. It fails if
// the tree never had them or their ids cannot be read.
func (t *Tree) HeadAt(size uint64) (Head, error) {
	if size > t.size {
		return Head{}, fmt.Errorf("root of %d records: the log has %d", size, t.size)
	}
	root, err := tlog.TreeHash(int64(size), t)
	if err != nil {
		return Head{}, fmt.Errorf("root of %d records: %w", size, err)
	}
	return Head{Size: size, Root: root}, nil
}

// leafHash is the hash of a record's id as a leaf.
func leafHash(id radio.RecordID) Hash { return tlog.RecordHash(id[:]) }

// fold gives the root of a full subtree over its nodes, a power of two of them.
func fold(nodes []Hash) Hash {
	var row [tileSize]Hash
	n := copy(row[:], nodes)
	for ; n > 1; n /= 2 {
		for i := range n / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
	}
	return row[0]
}
