package verify

import (
	"errors"
	"io"
)

// pageSize is a power of two.
const pageSize = 4096

// pages reads a file at places of which many are close together, and keeps what it read last:
// the last steps of a search, and what follows each other, cost one read.
type pages struct {
	file  io.ReaderAt
	ahead int    // that are read behind a page, where what is asked for has no size of its own
	held  []byte // a page and these, or more for what is longer
	at    int64  // where they are
}

// from gives what is held from an offset on, which is at least so much, less only at the end of
// the file. It is good until the next call.
func (p *pages) from(offset int64, least int) ([]byte, error) {
	if end := p.at + int64(len(p.held)); offset >= p.at && int64(least) <= end-offset {
		return p.held[offset-p.at:], nil
	}
	begin := offset &^ (pageSize - 1)
	skip := int(offset - begin)
	size := max(pageSize+p.ahead, skip+least)
	if cap(p.held) < size {
		p.held = make([]byte, size)
	}
	n, err := p.file.ReadAt(p.held[:size], begin)
	p.held, p.at = p.held[:n], begin
	if err != nil && !errors.Is(err, io.EOF) {
		p.held = p.held[:0]
		return nil, err
	}
	return p.held[min(skip, n):], nil
}

// record gives a record of some bytes, io.ErrUnexpectedEOF if the file ends before its end.
func (p *pages) record(offset int64, size int) ([]byte, error) {
	b, err := p.from(offset, size)
	if err == nil && len(b) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	return b[:size], nil
}
