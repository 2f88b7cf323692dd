package log

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// File is what a log is kept in; an *os.File is one.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Seeker
	Truncate(size int64) error
	Sync() error
	io.Closer
}

// Log is one log on disk. It is safe for concurrent use.
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
	defer l.mu.RUnlock()
	p, _, err := l.find(id)
	return p, err
}

func (l *Log) find(id radio.RecordID) (p Place, known bool, err error) {
	candidates, err := l.candidates(id)
	if err != nil {
		return Place{}, false, err
	}
	for _, index := range candidates {
		e, err := l.read(uint64(index))
		if err != nil {
			return Place{}, false, err
		}
		if e.Record == id {
			return Place{Index: uint64(index), Received: e.Received, Known: true}, true, nil
		}
	}
	return Place{}, false, nil
}

func (l *Log) candidates(id radio.RecordID) ([]uint32, error) {
	if l.seal != nil {
		return l.seal.candidates(id)
	}
	return l.ids.candidates(id), nil
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
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tree.Include(index, size)
}

// Extend proves that the tree of one size begins with that of a smaller one.
func (l *Log) Extend(from, to uint64) (Consistency, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tree.Extend(from, to)
}

// ReadIDs gives the ids of the log in its order, from an index on.
func (l *Log) ReadIDs(from uint64, ids []radio.RecordID) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if from+uint64(len(ids)) > l.tree.size {
		return fmt.Errorf("reading records %d to %d of %d: %w", from, from+uint64(len(ids)), l.tree.size, io.EOF)
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
