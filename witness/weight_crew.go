package witness

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// crew are the goroutines that weigh. What follows has the same bytes however many they are: a
// drawer is worked on by one of them, and what several have put into one is sorted when it
// is read.
type crew struct {
	ctx     context.Context // of the one call that they work for
	workers int
}

// hand is one of a crew: work is called for drawers one after the other, end once behind the
// last one.
type hand struct {
	work func(drawer int) error
	end  func() error
}

// eachDrawer has all drawers worked on. The first fault ends that, and so does the context.
func (c crew) eachDrawer(hire func() hand) error {
	ctx, fail := context.WithCancelCause(c.ctx)
	defer fail(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, c.workers) {
		h := hire()
		group.Go(func() {
			if err := h.goOn(ctx, &next); err != nil {
				fail(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// goOn works on drawers until there are no more.
func (h hand) goOn(ctx context.Context, next *atomic.Int64) error {
	for ctx.Err() == nil {
		drawer := int(next.Add(1)) - 1
		if drawer < Drawers {
			if err := h.work(drawer); err != nil {
				return err
			}
			continue
		}
		if h.end == nil {
			return nil
		}
		return h.end()
	}
	return nil
}

// write writes the text of all drawers in order. It is made of some at a time.
func (c crew) write(w io.Writer, text func(drawer int, out *textSink) error) error {
	outs := make([]textSink, max(1, c.workers))
	for first := 0; first < Drawers; first += len(outs) {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		some := outs[:min(len(outs), Drawers-first)]
		share(len(some), len(some), func(_, i int) {
			some[i].b = some[i].b[:0]
			some[i].err = text(first+i, &some[i])
		})
		for i := range some {
			if some[i].err != nil {
				return some[i].err
			}
			if _, err := w.Write(some[i].b); err != nil {
				return err
			}
		}
	}
	return nil
}

// inTurn does one thing after the other, up to the first fault.
func inTurn(stages ...func() error) error {
	for _, stage := range stages {
		if err := stage(); err != nil {
			return err
		}
	}
	return nil
}
