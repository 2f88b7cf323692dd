package verify

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
)

// lines reads a sorted file of text without reading all of it. What is sorted are blocks:
// each begins with a line that has one of some prefixes, which may be empty.
type lines struct {
	file     *os.File
	pages    pages
	size     int64
	prefixes []string
}

func newLines(file *os.File, size int64, prefixes ...string) *lines {
	return &lines{file, pages{file: file, ahead: pageSize}, size, prefixes}
}

// beginsBlock says that a line has one of the prefixes.
func beginsBlock[T ~string | ~[]byte](line T, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return len(line) >= len(p) && string(line[:len(p)]) == p })
}

func (l *lines) close() { _ = l.file.Close() }

// line gives the line at an offset with its line feed, io.EOF if none ends there. It is good until
// the next call.
func (l *lines) line(offset int64) ([]byte, error) {
	for least := 1; ; {
		b, err := l.pages.from(offset, least)
		if err != nil {
			return nil, err
		}
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			return b[:end+1], nil
		}
		if len(b) < least {
			return nil, io.EOF
		}
		least = len(b) + pageSize
	}
}

// next finds the first block that begins at an offset or later: where, and its first
// line without line feed, which is good until the next call; -1 if there is none.
func (l *lines) next(offset int64) (int64, []byte, error) {
	at := max(offset-1, 0)
	if offset > 0 {
		skipped, err := l.line(at)
		if err != nil {
			return -1, nil, atEnd(err)
		}
		at += int64(len(skipped))
	}
	for {
		line, err := l.line(at)
		if err != nil {
			return -1, nil, atEnd(err)
		}
		if beginsBlock(line, l.prefixes) {
			return at, bytes.TrimSuffix(line, []byte("\n")), nil
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
		if at < 0 || string(line) >= text {
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
	return l.appendBlock(nil, offset)
}

// appendBlock appends the block at an offset, and says where the next one is, -1: nowhere.
func (l *lines) appendBlock(b []byte, offset int64) ([]byte, int64, error) {
	for at := offset; ; {
		line, err := l.line(at)
		switch {
		case errors.Is(err, io.EOF):
			return b, -1, nil
		case err != nil:
			return nil, -1, err
		case at > offset && beginsBlock(line, l.prefixes):
			return b, at, nil
		}
		b = append(b, line...)
		at += int64(len(line))
	}
}
