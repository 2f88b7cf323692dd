package verify

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
)

// lines reads a sorted file of text without reading all of it. What is sorted are blocks:
// each begins with a line that has one of some prefixes, which may be empty.
type lines struct {
	file     *os.File
	size     int64
	prefixes []string
}

func openLines(path string, prefixes ...string) (*lines, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &lines{file, info.Size(), prefixes}, nil
}

// beginsBlock says that a line has one of the prefixes.
func beginsBlock[T ~string | ~[]byte](line T, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return len(line) >= len(p) && string(line[:len(p)]) == p })
}

func (l *lines) close() { _ = l.file.Close() }

func (l *lines) from(offset int64) *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(l.file, offset, l.size-offset), 4096)
}

// next finds the first block that begins at an offset or later: where, and its first
// line without line feed; -1 if there is none.
func (l *lines) next(offset int64) (int64, string, error) {
	at := max(offset-1, 0)
	r := l.from(at)
	if offset > 0 {
		skipped, err := r.ReadBytes('\n')
		if err != nil {
			return -1, "", atEnd(err)
		}
		at += int64(len(skipped))
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return -1, "", atEnd(err)
		}
		if beginsBlock(line, l.prefixes) {
			return at, strings.TrimSuffix(line, "\n"), nil
		}
		at += int64(len(line))
	}
}

func atEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// find gives the offset of the first block whose first line is not below a text, -1 if
// there is none.
func (l *lines) find(text string) (int64, error) {
	low, high, found := int64(0), l.size, int64(-1)
	for low < high {
		middle := low + (high-low)/2
		at, line, err := l.next(middle)
		if err != nil {
			return -1, err
		}
		if at < 0 || line >= text {
			high = middle
			if at >= 0 {
				found = at
			}
		} else {
			low = at + 1
		}
	}
	return found, nil
}

// block reads the block at an offset and says where the next one is, -1: nowhere.
func (l *lines) block(offset int64) ([]byte, int64, error) {
	r := l.from(offset)
	var b []byte
	for {
		line, err := r.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF):
			return b, -1, nil
		case err != nil:
			return nil, -1, err
		case len(b) > 0 && beginsBlock(line, l.prefixes):
			return b, offset + int64(len(b)), nil
		}
		b = append(b, line...)
	}
}
