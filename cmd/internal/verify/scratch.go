package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"hexspot/witness"
)

// parts is how many parts an epoch has: by the first byte of the tag, whose order is
// that of the verdicts.
const parts = 256

// A scratch serves a book of links as a shelf.
const _ = uint(parts-witness.Drawers) + uint(witness.Drawers-parts)

// scratch keeps the items of each part: in memory, and beyond a limit in a file, in
// stretches. It is safe for concurrent use while items are put.
type scratch struct {
	path  string
	limit int64

	mu      sync.Mutex
	held    int64
	bytes   [parts][]byte
	file    *os.File
	written int64
	spans   [parts][]span
}

// keptBuffer is how many bytes of a part's buffer are kept for what comes next, at least.
const keptBuffer = 4 << 10

// span is a stretch of the file.
type span struct{ at, size int64 }

// put takes the items of some parts.
func (s *scratch) put(items *[parts][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for part, b := range items {
		s.bytes[part] = append(s.bytes[part], b...)
		s.held += int64(len(b))
	}
	return s.spill()
}

// Put takes something of one part.
func (s *scratch) Put(part int, item []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes[part] = append(s.bytes[part], item...)
	s.held += int64(len(item))
	return s.spill()
}

// spill moves what is held to the file, if it is too much.
func (s *scratch) spill() error {
	if s.held <= s.limit {
		return nil
	}
	return s.flush()
}

// flush moves what is held to the file.
func (s *scratch) flush() error {
	if err := s.open(); err != nil {
		return err
	}
	for part, b := range s.bytes {
		if len(b) == 0 {
			continue
		}
		if _, err := s.file.Write(b); err != nil {
			return fmt.Errorf("writing a scratch file: %w", err)
		}
		s.spans[part] = append(s.spans[part], span{s.written, int64(len(b))})
		s.written += int64(len(b))
		if s.bytes[part] = b[:0]; int64(cap(b)) > max(keptBuffer, 2*s.limit/parts) {
			s.bytes[part] = nil // items that come part by part would leave a large buffer in each
		}
	}
	s.held = 0
	return nil
}

func (s *scratch) open() (err error) {
	if s.file != nil {
		return nil
	}
	if err = os.MkdirAll(filepath.Dir(s.path), 0o700); err == nil {
		s.file, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	}
	if err != nil {
		return fmt.Errorf("making a scratch file: %w", err)
	}
	return nil
}

// source is the items of a part, to be read piece by piece as often as one likes.
type source struct {
	size  int64
	file  *os.File
	spans []span // of the file
	held  []byte // after them
}

// source gives the items that a part has so far.
func (s *scratch) source(part int) source {
	from := source{int64(len(s.bytes[part])), s.file, s.spans[part], s.bytes[part]}
	for _, stretch := range from.spans {
		from.size += stretch.size
	}
	return from
}

// open begins to read.
func (s source) open() io.Reader {
	readers := make([]io.Reader, 0, len(s.spans)+1)
	for _, stretch := range s.spans {
		readers = append(readers, io.NewSectionReader(s.file, stretch.at, stretch.size))
	}
	return io.MultiReader(append(readers, bytes.NewReader(s.held))...)
}

// Open begins to read a part.
func (s *scratch) Open(part int) (io.Reader, int64) {
	from := s.source(part)
	return from.open(), from.size
}

// read gives the items of a part at once.
func (s *scratch) read(part int) ([]byte, error) {
	from := s.source(part)
	b := make([]byte, from.size)
	if _, err := io.ReadFull(from.open(), b); err != nil {
		return nil, fmt.Errorf("reading a scratch file: %w", err)
	}
	return b, nil
}

// joinFault adds what went wrong at the end to what did before.
func joinFault(err, last error) error {
	if last == nil {
		return err // itself: others ask for it
	}
	return errors.Join(err, last)
}

// rest gives up the memory of a scratch that has a file already: nothing is put for a while.
func (s *scratch) rest() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.flush()
	clear(s.bytes[:])
	return err
}

// Clear forgets everything.
func (s *scratch) Clear() error {
	clear(s.bytes[:])
	clear(s.spans[:])
	file := s.file
	s.file, s.held, s.written = nil, 0, 0
	if file == nil {
		return nil
	}
	return errors.Join(file.Close(), os.Remove(s.path))
}
