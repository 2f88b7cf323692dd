package log

import (
	"crypto/sha256"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// plainRoot is the tree hash as RFC 6962, 2.1 defines it, written down literally.
func plainRoot(list ids) Hash {
	switch len(list) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, list[0][:]...))
	}
	k := 1
	for k*2 < len(list) {
		k *= 2
	}
	left, right := plainRoot(list[:k]), plainRoot(list[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// edgeSizes are where tiles and powers of two begin and end.
var edgeSizes = []int{0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 767, 1023, 1024, 1025, 2047, 2500}

func TestRootsAreThoseOfTheDefinition(t *testing.T) {
	list := manyIDs(2500)
	tree := treeFrom(list)
	for _, n := range edgeSizes {
		want := Head{uint64(n), plainRoot(list[:n])}
		if got := treeFrom(list[:n]).Head(); got != want {
			t.Errorf("%d records: %v, want %v", n, got, want)
		}
		if got, err := tree.HeadAt(uint64(n)); err != nil || got != want {
			t.Errorf("%d of 2500 records: %v, want %v, %v", n, got, want, err)
		}
	}
}

func TestEveryPrefixIsConsistent(t *testing.T) {
	list := manyIDs(1300)
	tree := treeFrom(list)
	rapid.Check(t, func(t *rapid.T) {
		to := rapid.IntRange(0, len(list)).Draw(t, "to")
		from := rapid.IntRange(0, to).Draw(t, "from")
		p, err := tree.Extend(uint64(from), uint64(to))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(); err != nil {
			t.Fatal(err)
		}
		if p.Old.Root != plainRoot(list[:from]) || p.New.Root != plainRoot(list[:to]) {
			t.Fatal("the heads are not those of the definition")
		}
		spoil(t, p.Proof, func(proof []Hash) error { return Consistency{p.Old, p.New, proof}.Verify() })
		if from > 0 {
			p.Old.Root[0] ^= 1
			if p.Verify() == nil {
				t.Fatal("another old root is consistent")
			}
		}
	})
}

func TestEveryRecordIsIncluded(t *testing.T) {
	list := manyIDs(1300)
	tree := treeFrom(list)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, len(list)).Draw(t, "size")
		index := rapid.IntRange(0, size-1).Draw(t, "index")
		head := Head{uint64(size), plainRoot(list[:size])}
		p, err := tree.Include(uint64(index), uint64(size))
		if err != nil || p.Record != list[index] {
			t.Fatal(p, err)
		}
		if err := p.Verify(head); err != nil {
			t.Fatal(err)
		}
		spoil(t, p.Proof, func(proof []Hash) error { return Inclusion{p.Record, p.Index, proof}.Verify(head) })
		if (Inclusion{recordID("another", 0), p.Index, p.Proof}).Verify(head) == nil {
			t.Fatal("another record is included")
		}
	})
}

// spoil expects that a proof with a hash changed, lost or added proves nothing.
func spoil(t *rapid.T, proof []Hash, verify func([]Hash) error) {
	if verify(append(append([]Hash{}, proof...), Hash{})) == nil {
		t.Fatal("a hash more still proves")
	}
	if len(proof) == 0 {
		return
	}
	if verify(proof[:len(proof)-1]) == nil {
		t.Fatal("a hash less still proves")
	}
	changed := append([]Hash{}, proof...)
	changed[rapid.IntRange(0, len(proof)-1).Draw(t, "changed")][31] ^= 0x80
	if verify(changed) == nil {
		t.Fatal("another hash still proves")
	}
}

func TestProofsOutOfRange(t *testing.T) {
	list := manyIDs(10)
	tree := treeFrom(list)
	for _, c := range []struct{ index, size uint64 }{{10, 10}, {3, 3}, {0, 0}, {0, 11}, {1 << 63, 1<<63 + 1}} {
		if p, err := tree.Include(c.index, c.size); err == nil {
			t.Errorf("included %d of %d: %v", c.index, c.size, p)
		}
	}
	for _, c := range []struct{ from, to uint64 }{{0, 11}, {5, 4}, {11, 12}, {1 << 63, 1<<63 + 1}} {
		if p, err := tree.Extend(c.from, c.to); err == nil {
			t.Errorf("extended %d to %d: %v", c.from, c.to, p)
		}
	}
	bad := []Consistency{
		{Old: Head{0, Hash{1}}, New: tree.Head()},
		{Old: Head{0, Hash{1}}, New: Head{0, Hash{1}}},
		{Old: Head{5, Hash{}}, New: Head{4, Hash{}}},
		{Old: Head{5, Hash{}}, New: Head{1 << 63, Hash{}}},
		{Old: Head{5, Hash{}}, New: Head{6, Hash{}}, Proof: make([]Hash, 34)},
	}
	for _, p := range bad {
		if p.Verify() == nil {
			t.Errorf("%v verified", p)
		}
	}
	if (Inclusion{Index: 1 << 62}).Verify(Head{Size: 1 << 63}) == nil {
		t.Error("a tree beyond the limit verified")
	}
}

func TestProofsNeedTheIDs(t *testing.T) {
	for _, leaves := range []Leaves{nil, ids{}} {
		tree := NewTree(leaves)
		tree.Append(manyIDs(600)...)
		if tree.Head() != treeFrom(manyIDs(600)).Head() {
			t.Error("the root needs the ids")
		}
		if _, err := tree.Include(3, 600); err == nil {
			t.Error("proved without ids")
		}
		if _, err := tree.HeadAt(3); err == nil {
			t.Error("an old root without ids")
		}
	}
}

func TestListOfRecords(t *testing.T) {
	list := manyIDs(5)
	into := make([]radio.RecordID, 2)
	if err := list.list().ReadIDs(3, into); err != nil || into[1] != list[4] {
		t.Error(into, err)
	}
	if list.list().ReadIDs(4, into) == nil {
		t.Error("read beyond the end")
	}
	if _, _, err := NewList(nil, 33); err == nil {
		t.Error("33 bytes are a list")
	}
}
