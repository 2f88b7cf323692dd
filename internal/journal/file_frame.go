package journal

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A file is exactly one zstd frame (RFC 8878, section 3.1.1): it has a checksum and no dictionary, and
// its header is one that Writer writes. A decoder also takes what follows a frame or is to be skipped,
// and does not look at every bit of a header.

// frameReader passes one frame on.
type frameReader struct {
	in   *bufio.Reader
	left int // bytes to pass on before step
	step func() error
}

func newFrameReader(r io.Reader) *frameReader {
	f := &frameReader{in: bufio.NewReaderSize(r, 32<<10)}
	f.step = f.header
	return f
}

// Read gives bytes of the frame. It ends with io.EOF only if nothing follows.
func (f *frameReader) Read(p []byte) (int, error) {
	for f.left == 0 {
		if err := f.step(); err != nil {
			return 0, err
		}
	}
	n, err := f.in.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

func (f *frameReader) header() error {
	start, err := f.in.Peek(zstd.HeaderMaxSize)
	if err != nil && !errors.Is(err, io.EOF) { // a frame may be shorter
		return readFault(err)
	}
	var h zstd.Header
	if err := h.Decode(start); err != nil {
		return readFault(err)
	}
	if h.Skippable || !h.HasCheckSum || h.DictionaryID != 0 || !isOurWindow(h) {
		return corrupt("the header of its compression is none that is written")
	}
	if same, err := h.AppendTo(nil); err != nil || !bytes.Equal(same, start[:min(h.HeaderSize, len(start))]) {
		return corrupt("the header of its compression has bits that are never written")
	}
	f.left, f.step = h.HeaderSize, f.block
	return nil
}

// Windows that a Writer states: its own, or the smallest for what has no more.
const (
	writerWindow = 1 << 20
	leastWindow  = zstd.MinWindowSize
)

func isOurWindow(h zstd.Header) bool {
	switch {
	case h.SingleSegment:
		return h.HasFCS && h.FrameContentSize <= writerWindow
	case !h.HasFCS:
		return h.WindowSize == writerWindow || h.WindowSize == leastWindow
	case h.FrameContentSize < leastWindow:
		return h.WindowSize == leastWindow
	}
	return h.FrameContentSize == leastWindow && h.WindowSize == 2*leastWindow
}

// Types of blocks (section 3.1.1.2).
const blockOfOneByte = 1

func (f *frameReader) block() error {
	head, err := f.in.Peek(3)
	if err != nil {
		return readFault(err)
	}
	bits := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	size := bits >> 3
	if bits>>1&3 == blockOfOneByte {
		size = 1
	}
	f.left = len(head) + size
	if last := bits&1 == 1; last {
		f.step = f.checksum
	}
	return nil
}

func (f *frameReader) checksum() error {
	f.left, f.step = 4, f.end
	return nil
}

func (f *frameReader) end() error {
	if _, err := f.in.Peek(1); err != nil {
		return err
	}
	return corrupt("something follows its compression")
}
