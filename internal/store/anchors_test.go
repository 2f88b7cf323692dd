package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// testOneChainIsAnchored: of several instances that come at once one has the end and
// revision, and has it again after a start; others keep theirs.
func testOneChainIsAnchored(t *testing.T, e engineCase) {
	url := e.url(t)
	ctx := t.Context()
	var first atomic.Int32
	var all sync.WaitGroup
	for i := range byte(6) {
		book := open(t, url)
		all.Go(func() {
			switch err := book.Claim(ctx, 60, 0, [32]byte{i + 1}); {
			case err == nil:
				if !first.CompareAndSwap(0, int32(i)+1) {
					t.Errorf("%d has it as well as %d", i+1, first.Load())
				}
			case !errors.Is(err, ErrClaimed):
				t.Error(err)
			}
		})
	}
	all.Wait()
	book := open(t, url)
	winner, loser := [32]byte{byte(first.Load())}, [32]byte{byte(first.Load()) + 1}
	if err := book.Claim(ctx, 60, 0, winner); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		to       uint64
		revision uint32
		want     error
	}{{60, 0, ErrClaimed}, {60, 1, nil}, {90, 0, nil}, {1<<40 - 1, 1<<32 - 1, nil}} {
		if err := book.Claim(ctx, c.to, c.revision, loser); !errors.Is(err, c.want) {
			t.Errorf("%d, %d: %v", c.to, c.revision, err)
		}
	}
	if err := book.Claim(ctx, 1<<40, 0, loser); err == nil || errors.Is(err, ErrClaimed) {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := book.Claim(gone, 120, 0, loser); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
