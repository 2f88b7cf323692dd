package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// fakeStore is a Store in memory that a test steers. It counts uses.
type fakeStore struct {
	mu       sync.Mutex
	held     []Held
	most     int           // frames; 0: any
	full     bool          // nothing can be written
	broken   bool          // nothing can be read
	slow     chan struct{} // not nil: Append waits until it is closed
	appends  int
	loads    int
	removals int
}

var errBroken = errors.New("disk trouble")

func (s *fakeStore) Span(context.Context) (first, next uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.held) == 0 {
		return 0, 0, nil
	}
	return s.held[0].Number, s.held[len(s.held)-1].Number + 1, nil
}

func (s *fakeStore) Append(ctx context.Context, first uint64, frames []*Frame) (oldest uint64, err error) {
	if s.slow != nil {
		<-s.slow
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.appends++; s.full || ctx.Err() != nil {
		return 0, errors.Join(errBroken, ctx.Err())
	}
	for i, f := range frames {
		copied := *f
		s.held = append(s.held, Held{first + uint64(i), &copied})
	}
	if s.most > 0 {
		s.held = s.held[max(0, len(s.held)-s.most):]
	}
	return s.held[0].Number, nil
}

func (s *fakeStore) Load(_ context.Context, from, to uint64) (list []Held, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loads++; s.broken {
		return nil, errBroken
	}
	for _, h := range s.held {
		if h.Number >= from && h.Number < to {
			copied := *h.Frame
			list = append(list, Held{h.Number, &copied})
		}
	}
	return list, nil
}

func (s *fakeStore) Remove(_ context.Context, below uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.removals++; s.full {
		return errBroken
	}
	s.held = slices.DeleteFunc(s.held, func(h Held) bool { return h.Number < below })
	return nil
}

func (s *fakeStore) be(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// numbers are those of the frames in the store, as the test gave them.
func (s *fakeStore) numbers() (list []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.held {
		list = append(list, number(h.Frame))
	}
	return list
}

func (s *fakeStore) uses() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.appends + s.loads + s.removals
}
