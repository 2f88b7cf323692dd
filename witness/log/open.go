package log

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"hexspot/radio"
)

// ErrDamaged says that entries on disk are gone or wrong that were acknowledged. The
// log must not go on as if they had never been: restore the file.
var ErrDamaged = errors.New("the log is damaged")

// Open opens a log's file, or begins it if it is empty, and builds the tree anew. What
// an unfinished write left at the end is cut off: no receipt of it has left. Damage
// anywhere else is ErrDamaged. The Log owns the file.
func Open(file File, name Name) (*Log, error) {
	l := &Log{name: name, file: file, tree: NewTree(entries{file})}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	return l, nil
}

func (l *Log) load() error {
	size, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size, err = l.checkHeader(size); err != nil {
		return err
	}
	room := uint64(size-headerSize) / entrySize
	l.ids = newTable(room)
	if err := l.readEntries(room); err != nil {
		return err
	}
	if end := offset(l.tree.size); end != size {
		if err := l.checkTail(room); err != nil {
			return err
		}
		if err := l.file.Truncate(end); err != nil {
			return err
		}
	}
	// What a killed process wrote is not on disk for that it can be read.
	return l.file.Sync()
}

// checkHeader compares the header, or writes it if the file has no entry: then its
// header may be unfinished.
func (l *Log) checkHeader(size int64) (int64, error) {
	want := header(logMagic, l.name)
	if size <= headerSize {
		if _, err := l.file.WriteAt(want, 0); err != nil {
			return 0, err
		}
		return headerSize, l.file.Sync()
	}
	have := make([]byte, headerSize)
	if _, err := l.file.ReadAt(have, 0); err != nil {
		return 0, err
	}
	if !bytes.Equal(have, want) {
		return 0, fmt.Errorf("%w: its header is not that of this log", ErrDamaged)
	}
	return size, nil
}

// readEntries builds the tree and the table up to the first entry that is damaged.
func (l *Log) readEntries(room uint64) error {
	b := make([]byte, readAhead*entrySize)
	ids := make([]radio.RecordID, 0, readAhead)
	for l.tree.size < room {
		b = b[:min(readAhead, room-l.tree.size)*entrySize]
		if _, err := l.file.ReadAt(b, offset(l.tree.size)); err != nil {
			return err
		}
		ids = soundIDs(ids[:0], b, l.tree.size)
		l.take(ids)
		if len(ids)*entrySize < len(b) {
			return nil
		}
	}
	return nil
}

// soundIDs appends the ids of the entries from an index on up to the first that is damaged.
func soundIDs(ids []radio.RecordID, b []byte, index uint64) []radio.RecordID {
	for ; len(b) > 0; b = b[entrySize:] {
		e, _, err := parseEntry(b[:entrySize], index)
		if err != nil {
			return ids
		}
		ids = append(ids, e.Record)
		index++
	}
	return ids
}

// take puts ids that are in the file into the table and into the tree, which takes as
// long, beside each other.
func (l *Log) take(ids []radio.RecordID) {
	first := l.tree.size
	var tree sync.WaitGroup
	tree.Go(func() { l.tree.Append(ids...) })
	for i, id := range ids {
		l.ids.insert(id, uint32(first)+uint32(i))
	}
	tree.Wait()
}

// checkTail says whether what follows the sound entries can be one unfinished batch. A batch
// is written only when the one before is on disk, so a sound entry of a later batch
// means that acknowledged entries were lost.
func (l *Log) checkTail(room uint64) error {
	first := l.tree.size
	if room-first > MaxBatch {
		return fmt.Errorf("%w at entry %d: %d entries follow", ErrDamaged, first, room-first)
	}
	b := make([]byte, (room-first)*entrySize)
	if _, err := l.file.ReadAt(b, offset(first)); err != nil {
		return err
	}
	for index := first; index < room; index++ {
		_, place, err := parseEntry(b[(index-first)*entrySize:][:entrySize], index)
		if err == nil && index-uint64(place) > first {
			return fmt.Errorf("%w at entry %d: entry %d was written after it", ErrDamaged, first, index)
		}
	}
	return nil
}
