package log

import (
	"fmt"
	"io"

	"hexspot/radio"
)

// entries are the leaves of a log's file.
type entries struct{ file io.ReaderAt }

func (f entries) ReadIDs(from uint64, ids []radio.RecordID) error {
	if len(ids) == 0 {
		return nil // whatever a reader says at its end
	}
	b := make([]byte, len(ids)*entrySize)
	if _, err := f.file.ReadAt(b, offset(from)); err != nil {
		return err
	}
	for i := range ids {
		e, _, err := parseEntry(b[i*entrySize:][:entrySize], from+uint64(i))
		if err != nil {
			return err
		}
		ids[i] = e.Record
	}
	return nil
}

// List is a file of record ids, 32 bytes each and nothing else, as a bundle has it.
type List struct{ file io.ReaderAt }

// NewList reads the ids in a file; size is the file's.
func NewList(file io.ReaderAt, size int64) (List, uint64, error) {
	const idSize = int64(len(radio.RecordID{}))
	if size < 0 || size%idSize != 0 || size/idSize > MaxSize {
		return List{}, 0, fmt.Errorf("a list of records of %d bytes: want a multiple of %d", size, idSize)
	}
	return List{file}, uint64(size / idSize), nil
}

// ReadIDs gives ids from that index on.
func (l List) ReadIDs(from uint64, ids []radio.RecordID) error {
	b := make([]byte, len(ids)*len(radio.RecordID{}))
	if _, err := l.file.ReadAt(b, int64(from)*int64(len(radio.RecordID{}))); err != nil {
		return err
	}
	for i := range ids {
		ids[i] = radio.RecordID(b[i*len(radio.RecordID{}):])
	}
	return nil
}
