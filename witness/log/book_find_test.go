package log

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hexspot/witness"
)

// folder is a store of files whose reads wait while stuck is set.
type folder struct {
	dir   string
	stuck atomic.Pointer[hold]
}

// hold is where reads wait.
type hold struct {
	waits chan struct{} // one for each read that waits
	ends  chan struct{} // closed: they go on
}

func (f *folder) Open(name string) (File, error) {
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	return heldFile{file, f}, err
}

func (f *folder) Names() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

type heldFile struct {
	*os.File
	folder *folder
}

// ReadAt waits if reads do.
func (f heldFile) ReadAt(b []byte, at int64) (int, error) {
	if h := f.folder.stuck.Load(); h != nil {
		h.waits <- struct{}{}
		<-h.ends
	}
	return f.File.ReadAt(b, at)
}

// openFolder opens a book with a sealed log of epoch 5 and an open one of 6, of 300 records each.
func openFolder(t *testing.T) (*Book, *folder, []Arrival) {
	t.Helper()
	f := &folder{dir: t.TempDir()}
	b, err := OpenBook(f, testNetwork(t), stationOf(t, key(ingest)), bookTiming, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	var arrivals []Arrival
	for i, id := range manyIDs(600) {
		epoch := witness.Epoch(5 + i/300)
		arrivals = append(arrivals, Arrival{id, epoch, bookTiming.Freezes(epoch-1) + witness.Millis(i%300)})
	}
	place(t, b, arrivals...)
	if _, err := b.Promise(5, bookTiming.Freezes(5)); err != nil {
		t.Fatal(err)
	}
	if err := b.Seal(5); err != nil {
		t.Fatal(err)
	}
	return b, f, arrivals
}

// TestQuestionsStopNoRecords: while a disk does not answer those who look for a record or prove
// one, in a sealed log or in the one that grows, records are placed and marks promised.
func TestQuestionsStopNoRecords(t *testing.T) {
	b, f, known := openFolder(t)
	head := b.Log(6).Head()
	asks := map[string]func() error{
		"find in the sealed one": func() error { return found(b, known[10]) },
		"find in the open one":   func() error { return found(b, known[400]) },
		"inclusion": func() error {
			p, err := b.Log(6).Include(3, 300)
			return errors.Join(err, p.Verify(head))
		},
		"consistency": func() error {
			c, err := b.Log(6).Extend(7, 300)
			return errors.Join(err, c.Verify())
		},
		"ids": func() error { return b.Log(6).ReadIDs(0, make(ids, 10)) },
	}
	n := 0
	for name, ask := range asks {
		h := &hold{make(chan struct{}, 1000), make(chan struct{})}
		f.stuck.Store(h)
		answer := make(chan error, 1)
		go func() { answer <- ask() }()
		<-h.waits
		f.stuck.Store(nil) // whoever reads now is answered
		placed := make(chan struct{})
		go func() {
			defer close(placed)
			fresh := Arrival{recordID("fresh", n), 6, bookTiming.Freezes(5) + 1000}
			if _, err := b.Place([]Arrival{fresh}); err != nil {
				t.Error(err)
			}
			if _, err := b.Promise(6, fresh.Received); err != nil {
				t.Error(err)
			}
		}()
		select {
		case <-placed:
		case <-time.After(20 * time.Second):
			t.Errorf("%s: it is waited for", name)
		}
		close(h.ends)
		if err := <-answer; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		<-placed
		n++
	}
}

func found(b *Book, a Arrival) error {
	r, known, err := b.Find(a)
	if err == nil && (!known || r.Record != a.Record || r.Received != a.Received) {
		err = errors.New("it is not found, or as another one")
	}
	return err
}

// TestAskedWhileItGrows: whoever asks while records are placed, and while logs are released, is told
// the truth or that nothing is there; the race detector looks on.
func TestAskedWhileItGrows(t *testing.T) {
	b, _, known := openFolder(t)
	growing := b.Log(6)
	var askers sync.WaitGroup
	var over atomic.Bool
	for n := range 4 {
		askers.Go(func() {
			for i := n; !over.Load(); i += 7 {
				checkAsked(t, b, growing, known, i)
			}
		})
	}
	for i := range 50 {
		place(t, b, Arrival{recordID("grows", i), 6, bookTiming.Freezes(5) + witness.Millis(i)}, known[300+i])
	}
	if err := b.Release(6); err != nil {
		t.Error(err)
	}
	over.Store(true)
	askers.Wait()
	if got := growing.Head().Size; got != 350 {
		t.Errorf("%d records", got)
	}
}

func checkAsked(t *testing.T, b *Book, growing *Log, known []Arrival, i int) {
	if err := found(b, known[300+i%300]); err != nil {
		t.Error(err)
	}
	if _, is, err := b.Find(Arrival{Record: recordID("never", i), Own: 5}); is || err != nil {
		t.Error(is, err)
	}
	head := growing.Head()
	p, err := growing.Include(uint64(i)%head.Size, head.Size)
	if err = errors.Join(err, p.Verify(head)); err != nil {
		t.Error(err)
	}
	c, err := growing.Extend(uint64(i)%head.Size, head.Size)
	if err = errors.Join(err, c.Verify()); err != nil || c.New != head {
		t.Error(c.New, head, err)
	}
}
