package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spool is text that waits for its turn: in memory, and beyond a limit in a file.
type spool struct {
	path string
	held []byte // what follows the file
	file *os.File
	size int64 // of both
}

// mostHeld is how much of a spool is in memory.
const mostHeld = 4 << 20

// add appends what was appended to held since the last time.
func (s *spool) add(held []byte) error {
	s.size += int64(len(held) - len(s.held))
	if s.held = held; len(held) < mostHeld {
		return nil
	}
	if s.file == nil {
		err := os.MkdirAll(filepath.Dir(s.path), 0o700)
		if err == nil {
			s.file, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		}
		if err != nil {
			return fmt.Errorf("making a scratch file: %w", err)
		}
	}
	if _, err := s.file.Write(s.held); err != nil {
		return fmt.Errorf("writing a scratch file: %w", err)
	}
	s.held = s.held[:0]
	return nil
}

// Write appends.
func (s *spool) Write(b []byte) (int, error) { return len(b), s.add(append(s.held, b...)) }

// writeTo writes all of it. A fault of the writer is the writer's to tell.
func (s *spool) writeTo(w io.Writer) error {
	_, err := io.Copy(w, s.open())
	return err
}

// open begins to read all of it.
func (s *spool) open() io.Reader {
	held := bytes.NewReader(s.held)
	if s.file == nil {
		return held
	}
	return io.MultiReader(spooled{io.NewSectionReader(s.file, 0, s.size-int64(len(s.held)))}, held)
}

// spooled is what the file of a spool has. Its faults say what was read.
type spooled struct{ file io.Reader }

func (s spooled) Read(b []byte) (int, error) {
	n, err := s.file.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("reading a scratch file: %w", err)
	}
	return n, err
}

// remove ends the use of the file.
func (s *spool) remove() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.path))
}
