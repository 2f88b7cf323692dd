package log

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/witness"
)

// sealedDisks are the files of a sealed log of n records.
func sealedDisks(t testing.TB, n int) (file, sealFile *disk) {
	t.Helper()
	file, sealFile = &disk{}, &disk{}
	l := openLog(t, file)
	mustAppend(t, l, batchOf(manyIDs(n), 1000))
	if err := l.Seal(sealFile); err != nil {
		t.Fatal(err)
	}
	return file, sealFile
}

func TestSealedLogsAnswerAsBefore(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 1300} {
		file, sealFile := sealedDisks(t, n)
		l, err := OpenSealed(file, sealFile, testName(t))
		if err != nil {
			t.Fatal(n, err)
		}
		list := manyIDs(n)
		if l.Head() != treeFrom(list).Head() {
			t.Errorf("%d records: %v", n, l.Head())
		}
		for i, id := range list {
			if p, err := l.Find(id); err != nil || p != (Place{uint64(i), 1000 + witness.Millis(i), true}) {
				t.Fatalf("record %d of %d: %v, %v", i, n, p, err)
			}
			if p, err := l.Include(uint64(i), uint64(n)); err != nil || p.Verify(l.Head()) != nil {
				t.Fatalf("record %d of %d: %v", i, n, err)
			}
			if p, err := l.Extend(uint64(i), uint64(n)); err != nil || p.Verify() != nil {
				t.Fatalf("from %d to %d: %v", i, n, err)
			}
		}
		if p, err := l.Find(recordID("none", n)); err != nil || p.Known {
			t.Error(p, err)
		}
	}
}

func TestSealedLogsTakeNothing(t *testing.T) {
	file, sealFile := sealedDisks(t, 300)
	l, err := OpenSealed(file, sealFile, testName(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(batchOf(ids{recordID("new", 0)}, 5000)); !errors.Is(err, errSealed) || l.Broken() {
		t.Errorf("a new record: %v", err)
	}
	if p := mustAppend(t, l, batchOf(manyIDs(300)[7:8], 5000)); p[0] != (Place{7, 1007, true}) {
		t.Error(p)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Seal(&disk{}); !errors.Is(err, errClosed) {
		t.Errorf("sealed after closing: %v", err)
	}
}

// TestBrokenLogsAreNotSealed keeps a seal from covering what is not on disk.
func TestBrokenLogsAreNotSealed(t *testing.T) {
	d := &disk{}
	l := openLog(t, d)
	d.failSync = true
	if _, err := l.Append(batchOf(manyIDs(3), 0)); err == nil {
		t.Fatal("the disk did not fail")
	}
	if err := l.Seal(&disk{}); !errors.Is(err, errDisk) {
		t.Error(err)
	}
}

func TestDamagedSealsAreRefused(t *testing.T) {
	file, sealFile := sealedDisks(t, 300)
	name := testName(t)
	for at := range sealFile.now {
		b := slices.Clone(sealFile.now)
		b[at] ^= 0x10
		if _, err := OpenSealed(file, &disk{now: b}, name); !errors.Is(err, ErrNoSeal) {
			t.Fatalf("byte %d wrong: %v", at, err)
		}
	}
	other := name
	other.Epoch++
	if _, err := OpenSealed(file, sealFile, other); !errors.Is(err, ErrNoSeal) {
		t.Errorf("of another log: %v", err)
	}
	longer := &disk{now: append(slices.Clone(file.now), make([]byte, entrySize)...)}
	if _, err := OpenSealed(longer, sealFile, name); !errors.Is(err, ErrNoSeal) {
		t.Errorf("of a log that grew: %v", err)
	}
}

// TestUnfinishedSeals loses power while a seal is written: it is whole or refused.
func TestUnfinishedSeals(t *testing.T) {
	file, name := &disk{}, testName(t)
	l := openLog(t, file)
	mustAppend(t, l, batchOf(manyIDs(600), 0))
	head := l.Head()
	rapid.Check(t, func(t *rapid.T) {
		l, err := Open(file, name)
		if err != nil {
			t.Fatal(err)
		}
		sealFile := &disk{failSync: rapid.Bool().Draw(t, "fails"), full: rapid.IntRange(0, 8000).Draw(t, "full")}
		err = l.Seal(sealFile)
		again, openErr := OpenSealed(file, sealFile.loseElectricity(t), name)
		if err == nil && openErr != nil {
			t.Fatal("a finished seal is gone", openErr)
		}
		if openErr == nil && again.Head() != head || openErr != nil && !errors.Is(openErr, ErrNoSeal) {
			t.Fatal(openErr)
		}
	})
}
