package witness

import "io"

// textSink takes text line by line: into one slice, or to a writer, so that what is large
// need not be in memory as a whole.
type textSink struct {
	b   []byte
	w   io.Writer // nil: all stays in b
	err error
}

// sinkSize is how much is written at a time.
const sinkSize = 1 << 16

// line says that a line has ended.
func (s *textSink) line() {
	if s.w != nil && len(s.b) >= sinkSize {
		s.flush()
	}
}

func (s *textSink) flush() error {
	if s.err == nil {
		_, s.err = s.w.Write(s.b)
	}
	s.b = s.b[:0]
	return s.err
}
