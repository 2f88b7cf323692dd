package log

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

func openLog(t testing.TB, d *disk) *Log {
	t.Helper()
	l, err := Open(d, testName(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func batchOf(list ids, received witness.Millis) []Entry {
	var batch []Entry
	for i, id := range list {
		batch = append(batch, Entry{id, received + witness.Millis(i)})
	}
	return batch
}

func mustAppend(t testing.TB, l *Log, batch []Entry) []Place {
	t.Helper()
	places, err := l.Append(batch)
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func TestFirstPlaceAgain(t *testing.T) {
	l := openLog(t, &disk{})
	list := manyIDs(3)
	batch := []Entry{{list[0], 100}, {list[1], 101}, {list[0], 102}}
	want := []Place{{0, 100, false}, {1, 101, false}, {0, 100, true}}
	if got := mustAppend(t, l, batch); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	want = []Place{{1, 101, true}, {2, 200, false}}
	if got := mustAppend(t, l, []Entry{{list[1], 199}, {list[2], 200}}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if l.Head() != treeFrom(list).Head() {
		t.Error("the tree has other records")
	}
	if p, err := l.Find(recordID("none", 0)); err != nil || p.Known {
		t.Error(p, err)
	}
}

func TestReopenedLogsAreTheSame(t *testing.T) {
	d := &disk{}
	l := openLog(t, d)
	list := manyIDs(3000)
	for i := 0; i < len(list); i += 100 {
		mustAppend(t, l, batchOf(list[i:i+100], witness.Millis(1000+i)))
	}
	again := openLog(t, d)
	if again.Head() != l.Head() || again.Head() != treeFrom(list).Head() {
		t.Fatalf("%v, was %v", again.Head(), l.Head())
	}
	for i, id := range list {
		if p, err := again.Find(id); err != nil || p != (Place{uint64(i), witness.Millis(1000 + i), true}) {
			t.Fatalf("record %d: %v, %v", i, p, err)
		}
	}
	p, err := again.Extend(1234, 3000)
	if err != nil || p.Verify() != nil {
		t.Error(err)
	}
	in, err := again.Include(999, 3000)
	if err != nil || in.Verify(again.Head()) != nil {
		t.Error(err)
	}
	read := make(ids, 3000)
	if err := again.ReadIDs(0, read); err != nil || !slices.Equal(read, list) {
		t.Error("the ids are others", err)
	}
	if again.ReadIDs(1, read) == nil {
		t.Error("read beyond the end")
	}
}

// TestWhatWasAcknowledgedSurvives appends batches and loses power at some instant: between two
// batches, or within the write of one. What Append returned is there at the same
// place, the rest is gone or whole, and the log goes on.
func TestWhatWasAcknowledgedSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, next := &disk{}, 0
		acked := map[radio.RecordID]Place{}
		for range rapid.IntRange(1, 4).Draw(t, "lives") {
			l, err := Open(d, vectorName)
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 4).Draw(t, "batches") {
				batch := batchOf(manyIDs(next + rapid.IntRange(1, 60).Draw(t, "size"))[next:], witness.Millis(next))
				next += len(batch)
				d.failSync = rapid.IntRange(0, 4).Draw(t, "fails") == 0
				places, err := l.Append(batch)
				if err != nil {
					break
				}
				for i, p := range places {
					p.Known = true
					acked[batch[i].Record] = p
				}
			}
			d = d.loseElectricity(t)
		}
		l, err := Open(d, vectorName)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range acked {
			if p, err := l.Find(id); err != nil || p != want {
				t.Fatalf("acknowledged %v, found %v, %v", want, p, err)
			}
		}
	})
}

var vectorName = func() Name {
	n, err := ParseName("hexspot/1/log/1c3c5d6a746bba36/21225/spot1qypsunr4lvvf9tsxenurc4cl00jnz7aeyzvjckgwxgn4al4vw4w2swm75nd")
	if err != nil {
		panic(err)
	}
	return n
}()

func TestFailedWritesBreakTheLog(t *testing.T) {
	list := manyIDs(20)
	for what, fail := range map[string]func(*disk){
		"sync":      func(d *disk) { d.failSync = true },
		"full disk": func(d *disk) { d.full = len(d.now) + entrySize + 7 },
	} {
		d := &disk{}
		l := openLog(t, d)
		mustAppend(t, l, batchOf(list[:10], 0))
		head := l.Head()
		fail(d)
		if _, err := l.Append(batchOf(list[10:], 10)); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", what, err)
		}
		d.full = 0
		if _, err := l.Append(batchOf(list[10:], 10)); !errors.Is(err, errDisk) || !l.Broken() {
			t.Errorf("%s: goes on: %v", what, err)
		}
		if l.Head() != head {
			t.Errorf("%s: the tree has what is not on disk", what)
		}
		again := openLog(t, d)
		mustAppend(t, again, batchOf(list, 20))
		if again.Head() != treeFrom(list).Head() {
			t.Errorf("%s: after opening again: %v", what, again.Head())
		}
	}
}

// TestOpenedEntriesAreOnDisk: a killed process has left entries that can be read but are
// not on disk. Whoever resends them gets a receipt, so they must be by then.
func TestOpenedEntriesAreOnDisk(t *testing.T) {
	d := &disk{}
	l := openLog(t, d)
	batch := batchOf(manyIDs(20), 0)
	d.failSync = true
	if _, err := l.Append(batch); err == nil {
		t.Fatal("the disk did not fail")
	}
	places := mustAppend(t, openLog(t, d), batch)
	if !places[19].Known {
		t.Fatal("the entries cannot be read: the test shows nothing")
	}
	after := openLog(t, &disk{now: slices.Clone(d.synced)})
	if after.Head() != treeFrom(manyIDs(20)).Head() {
		t.Errorf("only %d entries are on disk", after.Head().Size)
	}
}

func TestOnAFile(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/1.log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	l, err := Open(kept{file}, testName(t))
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, batchOf(manyIDs(600), 0))
	if _, err := file.WriteAt([]byte("torn"), offset(600)); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(file, testName(t)); err != nil || l.Head() != treeFrom(manyIDs(600)).Head() {
		t.Fatal(err)
	}
	if info, err := file.Stat(); err != nil || info.Size() != offset(600) {
		t.Error(info.Size(), err)
	}
	if p, err := l.Include(3, 600); err != nil || p.Verify(l.Head()) != nil {
		t.Error(err)
	}
}

func TestDamageIsNoTornTail(t *testing.T) {
	list := manyIDs(9000)
	build := func() *disk {
		d := &disk{}
		l := openLog(t, d)
		for i := 0; i < len(list); i += 30 {
			mustAppend(t, l, batchOf(list[i:i+30], 0))
		}
		return d
	}
	for what, c := range map[string]struct {
		spoil   func(*disk)
		damaged bool
		size    uint64
	}{
		"half an entry":          {func(d *disk) { d.now = d.now[:len(d.now)-20] }, false, 8999},
		"half the last batch":    {func(d *disk) { d.now = d.now[:len(d.now)-15*entrySize] }, false, 8985},
		"a hole in the last":     {func(d *disk) { d.now[offset(8980)+3] ^= 1 }, false, 8980},
		"its first entry":        {func(d *disk) { d.now[offset(8970)] ^= 1 }, false, 8970},
		"the batch before":       {func(d *disk) { d.now[offset(8969)] ^= 1 }, true, 0},
		"long ago":               {func(d *disk) { d.now[offset(3)] ^= 1 }, true, 0},
		"two entries exchanged":  {func(d *disk) { swap(d.now[offset(60):], d.now[offset(61):]) }, true, 0},
		"the header":             {func(d *disk) { d.now[20] ^= 1 }, true, 0},
		"an unfinished header":   {func(d *disk) { d.now = d.now[:30] }, false, 0},
		"zeros behind the end":   {func(d *disk) { d.now = append(d.now, make([]byte, 5*entrySize+1)...) }, false, 9000},
		"too much behind to cut": {func(d *disk) { d.now = append(d.now, make([]byte, 5000*entrySize)...) }, true, 0},
	} {
		d := build()
		c.spoil(d)
		l, err := Open(d, testName(t))
		if errors.Is(err, ErrDamaged) != c.damaged || err == nil && l.Head() != treeFrom(list[:c.size]).Head() {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := testName(t)
	other.Epoch++
	if _, err := Open(build(), other); !errors.Is(err, ErrDamaged) {
		t.Errorf("another log's file: %v", err)
	}
}

func swap(a, b []byte) {
	first := slices.Clone(a[:entrySize])
	copy(a, b[:entrySize])
	copy(b, first)
}

func TestHighWaterMarks(t *testing.T) {
	l := openLog(t, &disk{})
	list := manyIDs(4)
	mustAppend(t, l, batchOf(list[:2], 100))
	mark := l.Promise(500)
	want := witness.HighWater{Epoch: 21225, Size: 2, Root: l.Head().Root, Received: 500}
	if mark != want {
		t.Errorf("%v, want %v", mark, want)
	}
	if _, err := l.Append([]Entry{{list[2], 499}}); err == nil || l.Broken() {
		t.Errorf("older than the mark: %v", err)
	}
	if p := mustAppend(t, l, []Entry{{list[1], 499}, {list[2], 500}}); p[0].Received != 101 || p[1].Index != 2 {
		t.Error(p)
	}
	if l.Promise(400).Received != 500 {
		t.Error("a promise was taken back")
	}
}

func TestBatchesAreBounded(t *testing.T) {
	l := openLog(t, &disk{})
	if _, err := l.Append(batchOf(manyIDs(MaxBatch+1), 0)); err == nil || l.Broken() {
		t.Error(err)
	}
	mustAppend(t, l, batchOf(manyIDs(MaxBatch), 0))
	l.tree.size = MaxSize - 1
	if _, err := l.Append(batchOf(ids{recordID("last", 0), recordID("beyond", 0)}, 0)); err == nil || l.Broken() {
		t.Errorf("more than a log holds: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := l.Append(batchOf(manyIDs(MaxBatch + 1)[MaxBatch:], 0)); !errors.Is(err, errClosed) {
		t.Error(err)
	}
}

func TestProofsWhileAppending(t *testing.T) {
	l := openLog(t, &disk{})
	list := manyIDs(4000)
	mustAppend(t, l, batchOf(list[:1], 0))
	var group sync.WaitGroup
	errs := make(chan error, 4)
	for range cap(errs) {
		group.Go(func() { errs <- readUntil(l, uint64(len(list))) })
	}
	for i := 1; i < len(list); i += 31 {
		mustAppend(t, l, batchOf(list[i:min(i+31, len(list))], 0))
	}
	group.Wait()
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// readUntil proves things until the log has that size.
func readUntil(l *Log, size uint64) error {
	for seen := l.Head(); seen.Size < size; {
		now := l.Head()
		p, err := l.Extend(seen.Size, now.Size)
		if err != nil {
			return err
		}
		if p.Old != seen || p.New != now || p.Verify() != nil {
			return fmt.Errorf("%v does not lead from %v to %v", p, seen, now)
		}
		in, err := l.Include(now.Size-1, now.Size)
		if err != nil || in.Verify(now) != nil {
			return fmt.Errorf("the last record of %v: %w", now, err)
		}
		seen = now
	}
	return nil
}

func TestTableComparesHashesOnly(t *testing.T) {
	table := newTable(0)
	list := manyIDs(5000)
	for i, id := range list {
		table.insert(id, uint32(i))
	}
	for i, id := range list {
		if !slices.Contains(table.candidates(id), uint32(i)) {
			t.Fatalf("record %d is lost", i)
		}
	}
	others := 0
	for i := range 5000 {
		others += len(table.candidates(recordID("other", i)))
	}
	if others > 10 { // 5000 * 5000 / 2^32 are expected: none
		t.Errorf("%d candidates for records that are not there", others)
	}
}
