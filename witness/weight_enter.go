package witness

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// enter has the book say what the state before knows.
func (s *settling) enter(before LinkState) error {
	if before.lines != nil {
		return s.enterText(before, stretchSize)
	}
	b := s.book
	b.failed(before.each(func(e stateEntry) error {
		b.say(wasWay+e.kind, b.number(e.from), b.number(e.to), e.sums...)
		return b.fault
	}))
	return b.fault
}

// stretchSize is how much of a state's text one goroutine reads at a time.
const stretchSize = 1 << 18

// stretch are whole lines of a state.
type stretch struct {
	place, line int // among the stretches, and the number of its first line
	text        []byte
}

// enterText enters a state that stays where it is, by all of the crew.
func (s *settling) enterText(before LinkState, size int) error {
	return before.readLines(func(in *bufio.Reader) error {
		if _, err := readGeneration(in); err != nil {
			return err
		}
		ctx, fail := context.WithCancelCause(s.ctx)
		defer fail(nil)
		stretches, done := make(chan stretch), new(seams)
		var group sync.WaitGroup
		for range max(1, s.workers) {
			group.Go(func() {
				if err := s.enterStretches(stretches, done); err != nil {
					fail(err)
				}
			})
		}
		if err := readStretches(ctx, in, size, stretches); err != nil {
			fail(err)
		}
		close(stretches)
		group.Wait()
		return cmp.Or(context.Cause(ctx), done.check())
	})
}

// readStretches cuts a text behind lines.
func readStretches(ctx context.Context, in io.Reader, size int, to chan<- stretch) error {
	var rest []byte
	for next := (stretch{line: 2}); ; next.place++ {
		b := append(make([]byte, 0, size), rest...)
		n, err := io.ReadFull(in, b[len(b):size])
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return err
		}
		b = b[:len(b)+n]
		end := bytes.LastIndexByte(b, '\n') + 1
		if ended && end < len(b) || !ended && end == 0 { // a line without an end, or a very long one
			return errLinkState
		}
		if next.text, rest = b[:end], b[end:]; end > 0 {
			select {
			case to <- next:
			case <-ctx.Done():
				return nil // whoever ended it says why
			}
			next.line += bytes.Count(next.text, []byte{'\n'})
		}
		if ended {
			return nil
		}
	}
}

// enterStretches enters what comes, which is in one order and one form.
func (s *settling) enterStretches(stretches <-chan stretch, done *seams) error {
	said := newTray(s.book.pairs)
	for of := range stretches {
		first, last, err := s.enterStretch(of, said)
		if err != nil {
			return err
		}
		done.add(of, first, last)
	}
	return said.empty()
}

func (s *settling) enterStretch(of stretch, said *tray) (first, last stateEntry, err error) {
	for line := range bytes.Lines(of.text) {
		e, err := readStateEntry(line, s.book.stations)
		if err == nil && first.sums != nil && last.compare(e) >= 0 {
			err = errLinkState
		}
		if err == nil {
			a, b := s.book.number(e.from), s.book.number(e.to)
			err = said.lay(drawerOf(a, b), said.say(wasWay+e.kind, a, b, e.sums...))
		}
		if err != nil {
			return first, last, fmt.Errorf("link state, line %d: %w", of.line, err)
		}
		if last = e; first.sums == nil {
			first = e
		}
		of.line++
	}
	return first, last, nil
}

// seams are the ends of stretches, which are in order, too.
type seams struct {
	mu   sync.Mutex
	list []seam
}

type seam struct {
	place, line int
	first, last stateEntry
}

func (s *seams) add(of stretch, first, last stateEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, seam{of.place, of.line, first, last})
}

func (s *seams) check() error {
	slices.SortFunc(s.list, func(a, b seam) int { return a.place - b.place })
	for i := 1; i < len(s.list); i++ {
		if s.list[i-1].last.compare(s.list[i].first) >= 0 {
			return fmt.Errorf("link state, line %d: %w", s.list[i].line, errLinkState)
		}
	}
	return nil
}
