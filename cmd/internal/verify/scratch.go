package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// parts is how many parts an epoch has: by the first byte of the tag, whose order is
// that of the verdicts.
const parts = 256

// scratch keeps the items of each part: in memory, and beyond a limit in files. It is
// safe for concurrent use while items are put.
type scratch struct {
	dir   string
	limit int64

	mu    sync.Mutex
	held  int64
	bytes [parts][]byte
	files [parts]*os.File

	written [parts]int64 // to the files
}

// put takes the items of some parts.
func (s *scratch) put(items *[parts][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for part, b := range items {
		s.bytes[part] = append(s.bytes[part], b...)
		s.held += int64(len(b))
	}
	if s.held <= s.limit {
		return nil
	}
	return s.spill()
}

// putOne takes one item of one part.
func (s *scratch) putOne(part int, item []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes[part] = append(s.bytes[part], item...)
	if s.held += int64(len(item)); s.held <= s.limit {
		return nil
	}
	return s.spill()
}

// spill moves what is held to the files.
func (s *scratch) spill() error {
	for part, b := range s.bytes {
		if len(b) == 0 {
			continue
		}
		if err := s.open(part); err != nil {
			return err
		}
		if _, err := s.files[part].Write(b); err != nil {
			return fmt.Errorf("writing a scratch file: %w", err)
		}
		s.written[part] += int64(len(b))
		s.bytes[part] = b[:0]
	}
	s.held = 0
	return nil
}

func (s *scratch) open(part int) (err error) {
	if s.files[part] != nil {
		return nil
	}
	if err = os.MkdirAll(s.dir, 0o700); err == nil {
		s.files[part], err = os.OpenFile(filepath.Join(s.dir, fmt.Sprintf("%02x", part)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	}
	if err != nil {
		return fmt.Errorf("making a scratch file: %w", err)
	}
	return nil
}

// source is the items of a part, to be read piece by piece as often as one likes.
type source struct {
	size int64
	file *os.File // what was put first; nil: nothing
	held []byte
}

// source gives the items of a part. Nothing may be put any more.
func (s *scratch) source(part int) source {
	return source{s.written[part] + int64(len(s.bytes[part])), s.files[part], s.bytes[part]}
}

// open begins to read.
func (s source) open() io.Reader {
	if s.file == nil {
		return bytes.NewReader(s.held)
	}
	return io.MultiReader(io.NewSectionReader(s.file, 0, s.size-int64(len(s.held))), bytes.NewReader(s.held))
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

// remove ends the use of the files.
func (s *scratch) remove() error {
	var faults []error
	for _, file := range s.files {
		if file != nil {
			faults = append(faults, file.Close())
		}
	}
	return errors.Join(append(faults, os.RemoveAll(s.dir))...)
}
