package log

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// File is what a log is kept in; an *os.File is one. It is read while it is written elsewhere, and
// read in vain when it is closed.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Seeker
	Truncate(size int64) error
	Sync() error
	io.Closer
}

// Log is one log on disk. It is safe for concurrent use. What is on disk never changes, so whoever
// looks for something reads it without the lock: no question keeps a record from being added, however
// slow the disk is.
type Log struct {
	name Name
	file File

	mu    sync.RWMutex
	tree  *Tree
	ids   table
	seal  *seal          // instead of ids, once the log is sealed
	floor witness.Millis // promised by a high-water mark
	dirt  error          // why nothing can be added: a failed write (what is on disk is not known), or the end
}

// Name says which log it is.
func (l *Log) Name() Name { return l.name }

// Head is the size and root of what is on disk.
func (l *Log) Head() Head {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tree.Head()
}

// Checkpoint is the present head under the log's name, to be signed.
func (l *Log) Checkpoint() Checkpoint { return Checkpoint{l.name, l.Head()} }

// Broken says that a write failed and nothing can be added until the log is opened again.
func (l *Log) Broken() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.dirt != nil && !errors.Is(l.dirt, errSealed)
}

// sealed says that ids are found in a seal.
func (l *Log) sealed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.seal != nil
}

// Find gives the place of a record, Known if it is there.
func (l *Log) Find(id radio.RecordID) (Place, error) {
	l.mu.RLock()
	sealed, candidates := l.look(id)
	l.mu.RUnlock()
	return l.find(id, sealed, candidates)
}

// look gives what memory has of a record: the seal to look in, if there is one, else the
// indexes that may be the record's.
func (l *Log) look(id radio.RecordID) (*seal, []uint32) {
	if l.seal != nil {
		return l.seal, nil
	}
	return nil, l.ids.candidates(id)
}

// find reads what look gave. It needs no lock.
func (l *Log) find(id radio.RecordID, sealed *seal, candidates []uint32) (Place, error) {
	if sealed != nil {
		var err error
		if candidates, err = sealed.candidates(id); err != nil {
			return Place{}, err
		}
	}
	for _, index := range candidates {
		e, err := l.read(uint64(index))
		if err != nil {
			return Place{}, err
		}
		if e.Record == id {
			return Place{Index: uint64(index), Received: e.Received, Known: true}, nil
		}
	}
	return Place{}, nil
}

func (l *Log) read(index uint64) (Entry, error) {
	var b [entrySize]byte
	if _, err := l.file.ReadAt(b[:], offset(index)); err != nil {
		return Entry{}, fmt.Errorf("reading entry %d: %w", index, err)
	}
	e, _, err := parseEntry(b[:], index)
	return e, err
}

func offset(index uint64) int64 { return headerSize + int64(index)*entrySize }

// Promise makes a high-water mark: no record received before the time given will be
// added any more. It holds until the log is closed: a Book repeats it.
func (l *Log) Promise(received witness.Millis) witness.HighWater {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.floor = max(l.floor, received)
	head := l.tree.Head()
	return witness.HighWater{Epoch: l.name.Epoch, Size: head.Size, Root: head.Root, Received: l.floor}
}

// Include proves the record at an index in the tree of that size.
func (l *Log) Include(index, size uint64) (Inclusion, error) {
	return l.present().Include(index, size)
}

// present is the tree as it is now.
func (l *Log) present() *Tree {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tree.snapshot()
}

// Extend proves that the tree of one size begins with that of a smaller one.
func (l *Log) Extend(from, to uint64) (Consistency, error) {
	return l.present().Extend(from, to)
}

// ReadIDs gives the ids of the log in its order, from an index on.
func (l *Log) ReadIDs(from uint64, ids []radio.RecordID) error {
	l.mu.RLock()
	size := l.tree.size
	l.mu.RUnlock()
	if from+uint64(len(ids)) > size {
		return fmt.Errorf("reading records %d to %d of %d: %w", from, from+uint64(len(ids)), size, io.EOF)
	}
	return entries{l.file}.ReadIDs(from, ids)
}

// errClosed says that a log was closed.
var errClosed = errors.New("the log is closed")

// Close closes the file. Nothing can be added any more.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dirt == nil || errors.Is(l.dirt, errSealed) {
		l.dirt = errClosed
	}
	if l.seal == nil {
		return l.file.Close()
	}
	return errors.Join(l.file.Close(), l.seal.file.Close())
}
