package witness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// hasty is a shelf that is counted when it is opened.
type hasty struct {
	memoryShelf
	opens *openings
}

// openings cancels when shelves were opened some times, and counts how often they are opened
// behind that. Whoever opens one meanwhile waits until all know of it.
type openings struct {
	cancel context.CancelFunc

	mu   sync.Mutex
	left int64
}

func (o *openings) add() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left--; o.left == 0 {
		o.cancel()
	}
}

func (h *hasty) Open(drawer int) (io.Reader, int64) {
	h.opens.add()
	return h.memoryShelf.Open(drawer)
}

// TestWeighingStopsSoon: whenever the context ends, no further drawers are begun.
func TestWeighingStopsSoon(t *testing.T) {
	weigh := func(opens int64, workers int) (int64, error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := &openings{cancel: cancel, left: opens}
		b := bookOf(t, func() Shelf { return &hasty{opens: o} })
		links, err := b.SettleLarge(ctx, stateBefore(t), 1, workers)
		if err == nil {
			err = errors.Join(links.WriteState(ctx, io.Discard, workers), links.WriteWeights(ctx, io.Discard, workers))
		}
		return o.left, err
	}
	const many = 1 << 30
	left, err := weigh(many, 1)
	if err != nil {
		t.Fatal(err)
	}
	all := many - left
	for _, workers := range []int{1, 4} {
		for _, at := range []int64{1, all / 8, all / 4, all / 2, all * 3 / 4, all * 7 / 8} {
			left, err := weigh(at, workers)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled behind %d of %d drawers: %v", at, all, err)
			}
			if more := -left; more > int64(4*workers) {
				t.Errorf("cancelled behind %d of %d drawers, %d workers: %d more", at, all, workers, more)
			}
		}
	}
}

// TestCrewsHaveTheSameText whoever is in them, with something on every shelf, and whether the state
// before is in memory or text.
func TestCrewsHaveTheSameText(t *testing.T) {
	before := stateBefore(t)
	kept, err := OpenLinkState(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(before.AppendText(nil))), nil })
	if err != nil {
		t.Fatal(err)
	}
	text := func(before LinkState, workers int) []byte {
		c := &cabinet{broken: none}
		links, err := bookOf(t, c.shelf).SettleLarge(t.Context(), before, 1, workers)
		if err != nil {
			t.Fatal(err)
		}
		c.check(t)
		var out bytes.Buffer
		if err := errors.Join(links.WriteState(t.Context(), &out, workers), links.WriteWeights(t.Context(), &out, workers)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	want := text(before, 1)
	for _, workers := range slices.Concat(crews[:], []int{300}) {
		if !slices.Equal(text(before, workers), want) || !slices.Equal(text(kept, workers), want) {
			t.Errorf("%d workers write other bytes", workers)
		}
	}
}

// TestAFaultEndsAllWork with the first one.
func TestAFaultEndsAllWork(t *testing.T) {
	for _, workers := range []int{1, 5} {
		var begun, ended atomic.Int64
		err := crew{t.Context(), workers}.eachDrawer(func() hand {
			return hand{func(drawer int) error {
				begun.Add(1)
				if drawer >= 9 {
					return errShelf
				}
				return nil
			}, func() error { ended.Add(1); return nil }}
		})
		if !errors.Is(err, errShelf) || begun.Load() > int64(9+workers) || ended.Load() != 0 {
			t.Errorf("%v, %d begun, %d ended", err, begun.Load(), ended.Load())
		}
	}
}
