package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Reader reads a file and checks it.
type Reader struct {
	zip     *zstd.Decoder
	content *contentReader
}

// NewReader begins to read a file. Close it.
func NewReader(r io.Reader) (*Reader, error) {
	zip, err := zstd.NewReader(newFrameReader(r), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, fmt.Errorf("reading a journal file: %w", err)
	}
	return &Reader{zip: zip, content: newContentReader(zip)}, nil
}

// Next gives the next record; io.EOF after the last one, if count and hash of the
// file are right. All other errors are ErrCorrupt, or the source's own.
func (f *Reader) Next() (Record, error) {
	r, err := f.content.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return r, fmt.Errorf("reading a journal file: %w", err)
	}
	return r, err
}

// Close frees what the decoder holds.
func (f *Reader) Close() { f.zip.Close() }

// contentReader parses what is inside the compression.
type contentReader struct {
	in    *bufio.Reader
	sum   hash.Hash
	begun bool
	count uint64
	last  uint64
}

func newContentReader(r io.Reader) *contentReader {
	return &contentReader{in: bufio.NewReader(r), sum: sha256.New()}
}

func (c *contentReader) next() (Record, error) {
	if !c.begun {
		if err := c.magic(); err != nil {
			return Record{}, err
		}
		c.begun = true
	}
	size, err := c.length()
	if err != nil {
		return Record{}, err
	}
	if size == 0 {
		return Record{}, c.end()
	}
	body, err := c.take(size)
	if err != nil {
		return Record{}, err
	}
	r, err := parseRecord(body)
	if err != nil {
		return Record{}, err
	}
	if c.count > 0 && r.Seq <= c.last {
		return Record{}, corrupt("record %d after %d", r.Seq, c.last)
	}
	c.count++
	c.last = r.Seq
	return r, nil
}

func (c *contentReader) magic() error {
	head, err := c.take(len(fileMagic))
	if err == nil && string(head) != fileMagic {
		err = corrupt("it does not begin as one")
	}
	return err
}

// length reads a record's length byte by byte, for the hash is over what was read.
func (c *contentReader) length() (int, error) {
	var read []byte
	for {
		b, err := c.take(1)
		if err != nil {
			return 0, err
		}
		read = append(read, b[0])
		if b[0] < 0x80 {
			break
		}
		if len(read) == binary.MaxVarintLen32 {
			return 0, corrupt("a length without an end")
		}
	}
	n, rest, err := cutUvarint(read)
	if err != nil || len(rest) != 0 {
		return 0, corrupt("a length is not written as short as can be")
	}
	if n > recordMost {
		return 0, corrupt("a record of %d bytes", n)
	}
	return int(n), nil
}

// take reads exactly n bytes, at most recordMost, and adds them to the hash.
func (c *contentReader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(c.in, b); err != nil {
		return nil, readFault(err)
	}
	c.sum.Write(b)
	return b, nil
}

// end checks the trailer and that nothing follows.
func (c *contentReader) end() error {
	want := c.sum.Sum(binary.BigEndian.AppendUint64(nil, c.count))
	got := make([]byte, trailerSize)
	if _, err := io.ReadFull(c.in, got); err != nil {
		return readFault(err)
	}
	if !bytes.Equal(got[:8], want[:8]) {
		return corrupt("%d records, the trailer says %d", c.count, binary.BigEndian.Uint64(got))
	}
	if !bytes.Equal(got, want) {
		return corrupt("its hash is another")
	}
	switch _, err := c.in.ReadByte(); {
	case err == nil:
		return corrupt("something follows the trailer")
	case !errors.Is(err, io.EOF):
		return readFault(err)
	}
	return io.EOF
}

// readFault tells a broken file from a broken disk or line: the decoder's faults
// are the file's.
func readFault(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return corrupt("it ends too early")
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// parseRecord parses what appendRecord has appended, without the length.
func parseRecord(b []byte) (Record, error) {
	if len(b) < 16 {
		return Record{}, corrupt("a record of %d bytes", len(b))
	}
	r := Record{Seq: binary.BigEndian.Uint64(b), Time: time.Unix(0, int64(binary.BigEndian.Uint64(b[8:]))).UTC()}
	var err error
	b = b[16:]
	if r.Subject, b, err = cutText(b); err != nil {
		return Record{}, err
	}
	if r.ID, b, err = cutText(b); err != nil {
		return Record{}, err
	}
	r.Data = b
	if err := checkEntry(entry{r.Subject, r.ID, r.Data}); err != nil {
		return Record{}, corrupt("record %d: %v", r.Seq, err)
	}
	return r, nil
}

func cutText(b []byte) (text string, rest []byte, err error) {
	n, b, err := cutUvarint(b)
	if err != nil {
		return "", nil, err
	}
	if n > uint64(len(b)) {
		return "", nil, corrupt("a text longer than its record")
	}
	return string(b[:n]), b[n:], nil
}

// cutUvarint takes a number off, written as short as can be.
func cutUvarint(b []byte) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || size > 1 && b[size-1] == 0 {
		return 0, nil, corrupt("a length is not written as short as can be")
	}
	return n, b[size:], nil
}
