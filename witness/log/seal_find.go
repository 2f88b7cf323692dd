package log

import (
	"encoding/binary"
	"fmt"
	"sort"

	"hexspot/radio"
)

// seal finds ids in a seal's index.
type seal struct {
	file File
	size uint64
}

func (s *seal) row(i uint64) (row, error) {
	var b [sealRowSize]byte
	at := sealHeaderSize + s.size/tileSize*32 + i*sealRowSize
	if _, err := s.file.ReadAt(b[:], int64(at)); err != nil {
		return row{}, fmt.Errorf("reading row %d of the seal: %w", i, err)
	}
	return row{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint32(b[8:])}, nil
}

// candidates are the indexes that may be those of a record: those with its first 8 bytes.
func (s *seal) candidates(id radio.RecordID) ([]uint32, error) {
	prefix := prefixOf(id)
	var failed error
	first := sort.Search(int(s.size), func(i int) bool {
		r, err := s.row(uint64(i))
		if err != nil {
			failed = err
		}
		return r.prefix >= prefix
	})
	var found []uint32
	for i := uint64(first); failed == nil && i < s.size; i++ {
		r, err := s.row(i)
		if err != nil || r.prefix != prefix {
			return found, err
		}
		found = append(found, r.index)
	}
	return found, failed
}
