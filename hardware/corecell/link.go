package corecell

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Port is a serial port in raw mode. Read waits at most about 100 ms; when
// nothing came it returns 0 with io.EOF or no error. Doing that at once means,
// as on a terminal whose other end has left, that the device is gone. Any other
// error means the same.
type Port interface {
	io.Reader
	io.Writer
	io.Closer
}

// How long to wait. The firmware answers within a few milliseconds, a MULTI_SPI
// of 4 kB takes it 20 ms at most; the rest is for a busy host.
const (
	ackTimeout   = 500 * time.Millisecond
	spiTimeout   = time.Second
	emptyRead    = 50 * time.Millisecond  // an empty read sooner than this is the end of the device
	drainTimeout = 500 * time.Millisecond // for a port to fall silent
	quietReads   = 2                      // empty reads in a row that are silence: longer than the firmware's 100 ms
	leastReads   = 3                      // empty reads in a row before an answer is late: a host that stood still has not looked
)

// link exchanges frames over a port, and keeps request and answer together.
type link struct {
	port    Port
	stop    <-chan struct{} // closed: give up at the next empty read
	id      uint8           // of the last request
	dirty   bool            // what comes next may belong to an earlier request
	hurried int             // empty reads in a row that came back at once

	out [maxFrame]byte
	in  [headerSize + maxSize]byte
}

// request starts a frame in the link's buffer; the caller appends its payload.
func (l *link) request() []byte { return l.out[:headerSize] }

// exchange sends the frame begun with request and returns the payload of its
// answer, which is part of the link's buffer.
func (l *link) exchange(c command, frame []byte, timeout time.Duration) ([]byte, error) {
	if err := l.drain(); err != nil {
		return nil, err
	}
	l.id++ // never that of the last one, whose answer may come late
	appendHeader(frame[:0], header{id: l.id, size: len(frame) - headerSize, command: c})
	l.dirty = true
	if err := l.write(frame); err != nil {
		return nil, err
	}
	answer, err := l.receive(time.Now().Add(timeout))
	if err != nil {
		return nil, err
	}
	return l.check(c, answer)
}

// check returns the payload of an answer to c.
func (l *link) check(c command, answer []byte) ([]byte, error) {
	h, payload, err := parseFrame(answer)
	switch {
	case errors.Is(err, errSurplus): // one request, one answer: this is another's
		return nil, fmt.Errorf("%w: %d bytes after it", ErrBadAnswer, len(payload)-h.size)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBadAnswer, err)
	case h.id != l.id:
		return nil, fmt.Errorf("%w: id %02X for %02X", ErrWrongID, h.id, l.id)
	}
	l.dirty = false
	switch h.command {
	case c.answer():
		return payload, nil
	case cmdError:
		return nil, ErrRefused
	}
	return nil, fmt.Errorf("%w: %v", ErrBadAnswer, h.command)
}

// write writes all of frame; a serial port may take it in parts.
func (l *link) write(frame []byte) error {
	for len(frame) > 0 {
		n, err := l.port.Write(frame)
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return gone(fmt.Errorf("writing: %w", err))
		}
		frame = frame[n:]
	}
	return nil
}

// receive reads until there is a whole frame, or more than one, or an empty
// read after the deadline. Time in which the host did not run is the host's fault: it
// looks a few times more.
func (l *link) receive(deadline time.Time) ([]byte, error) {
	have, empty := 0, 0
	for {
		n, err := l.read(l.in[have:])
		if err != nil {
			return nil, err
		}
		have += n
		if empty++; n > 0 {
			empty = 0
		}
		switch h, err := parseHeader(l.in[:have]); {
		case errors.Is(err, errOversize), err == nil && have >= headerSize+h.size:
			return l.in[:have], nil
		case empty >= leastReads && !time.Now().Before(deadline):
			return nil, late(have)
		}
	}
}

func late(have int) error {
	if have == 0 {
		return gone(ErrNoAnswer)
	}
	return fmt.Errorf("%w after %d bytes", ErrHalfAnswer, have)
}

// read reads once. Nothing is not an error, unless the device is gone or the
// link is to stop.
func (l *link) read(b []byte) (int, error) {
	asked := time.Now()
	n, err := l.port.Read(b)
	switch {
	case n > 0:
		l.hurried = 0
		return n, nil
	case err != nil && err != io.EOF:
		return 0, gone(fmt.Errorf("reading: %w", err))
	}
	if err := l.empty(time.Since(asked)); err != nil {
		return 0, err
	}
	return 0, nil
}

// empty judges a read that brought nothing.
func (l *link) empty(after time.Duration) error {
	select {
	case <-l.stop:
		return ErrClosed
	default:
	}
	if after >= emptyRead {
		l.hurried = 0
		return nil
	}
	if l.hurried++; l.hurried >= 2 {
		return gone(io.ErrUnexpectedEOF)
	}
	return nil
}

// drain discards what comes until the port is quiet, if the last exchange went
// wrong. The silence also makes the firmware drop a request that it has half.
func (l *link) drain() error {
	if !l.dirty {
		return nil
	}
	deadline := time.Now().Add(drainTimeout)
	for quiet := 0; quiet < quietReads; quiet++ {
		n, err := l.read(l.in[:])
		if err != nil {
			return err
		}
		if n > 0 {
			quiet = -1
		}
		if n > 0 && time.Now().After(deadline) {
			return gone(ErrNoise)
		}
	}
	l.dirty = false
	return nil
}
